/** The top of a page: its subject, the verdict in words, and the actions. */
export function Heading({
  title,
  meta,
  verdict,
  actions,
}: {
  title: React.ReactNode;
  meta?: React.ReactNode;
  verdict?: React.ReactNode;
  actions?: React.ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-full flex-1 basis-[32rem]">
        <h1 className="flex flex-wrap items-baseline gap-x-3 font-semibold text-xl tracking-tight">{title}</h1>
        {verdict && <div className="mt-1 text-[0.9375rem]">{verdict}</div>}
        {meta && <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm">{meta}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
}

export function Section({
  title,
  aside,
  children,
  id,
}: {
  title: string;
  aside?: React.ReactNode;
  children: React.ReactNode;
  id?: string;
}) {
  return (
    <section id={id} aria-label={title} className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-sm">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
