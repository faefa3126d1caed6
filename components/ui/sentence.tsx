import Link from 'next/link';
import { routes } from '@/components/routes';

const led = /(\/backfills\/[0-9a-f]{8}-[0-9a-f-]{27}|\bsee Mutations\b)/i;

/** A sentence of the server. What it names of the console, "/backfills/2efb…" or "see Mutations", is a link. */
export function Sentence({ children }: { children: string }) {
  return children.split(led).map((part, index) => {
    const key = `${index.toString()} ${part}`;
    if (index % 2 === 0) return part;
    const run = part.startsWith('/backfills/') ? part.slice('/backfills/'.length) : null;
    return (
      <Link key={key} href={run === null ? routes.mutations() : routes.run(run)} className="underline">
        {run === null ? part : `run ${run.slice(0, 8)}`}
      </Link>
    );
  });
}
