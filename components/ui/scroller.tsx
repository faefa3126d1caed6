import { cn } from './cn';

/** A card whose content scrolls sideways by itself, so that the page never does. It holds something focusable. */
export function Scroller({
  label,
  children,
  className,
}: {
  label: string;
  children: React.ReactNode;
  className?: string;
}) {
  return (
    <section
      aria-label={label}
      className={cn('relative overflow-x-auto rounded-lg border border-line bg-surface', className)}
    >
      {children}
    </section>
  );
}
