import { routes } from '@/components/routes';

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-6">
      <h1 className="font-semibold text-xl">No such page</h1>
      <p className="text-muted">The address may be mistyped, or the page may belong to a later version.</p>
      {/* NOTE: each page carries what this one needs, and a plain link needs nothing. */}
      <a href={routes.customers()} className="underline">
        All customers
      </a>
    </main>
  );
}
