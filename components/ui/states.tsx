import { CircleSlash2, ServerCrash } from 'lucide-react';
import type { Failure } from '@/lib/edge/model';
import { Button } from './button';
import { cn } from './cn';
import { Id } from './copy';
import { LoadAgain } from './load-again';
import { Sentence } from './sentence';
import { StillLoading } from './still-loading';

/** Says that there is nothing to show, and why. */
export function Empty({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-lg border border-line-strong border-dashed px-6 py-10 text-center">
      <CircleSlash2 aria-hidden className="size-5 text-muted" />
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-prose text-balance text-muted text-sm">{children}</div>}
    </div>
  );
}

/** Failures that asking again would not change. */
const lasting = new Set<Failure['code']>(['not_found', 'unauthenticated', 'forbidden']);

/**
 * What failed, what still works, and the id under which the log has it. `retry` is the read that failed. In place of a
 * whole `page` it is the page's heading.
 */
export function Failed({
  what,
  failure,
  stillWorks,
  retry,
  page = false,
  children,
}: {
  what: string;
  failure: Failure;
  stillWorks?: string;
  retry?: { refresh: () => void; fetching?: boolean };
  page?: boolean;
  children?: React.ReactNode;
}) {
  const Title = page ? 'h1' : 'p';
  return (
    <div role="alert" className="rounded-lg border border-attention/40 bg-attention-soft/60 px-5 py-4">
      <Title className="flex items-center gap-2 font-semibold text-attention">
        <ServerCrash aria-hidden className="size-4 shrink-0" />
        {what}
      </Title>
      <p className="mt-1">
        <Sentence>{failure.message}</Sentence>
      </p>
      {stillWorks && <p className="mt-1 text-muted text-sm">{stillWorks}</p>}
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted text-sm">
        {failure.requestId && (
          <span>
            request <Id value={failure.requestId} length={36} />
          </span>
        )}
        {failure.code === 'unauthenticated' && <LoadAgain>Sign in</LoadAgain>}
        {retry && !lasting.has(failure.code) && (
          <Button size="sm" disabled={retry.fetching} onClick={retry.refresh}>
            {retry.fetching ? 'Trying again' : 'Try again'}
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}

/** A failure inside a form or beside a button. */
export function FailedLine({ failure }: { failure: Failure }) {
  return (
    <p role="alert" className="text-attention text-sm">
      <Sentence>{failure.message}</Sentence> {failure.code === 'unauthenticated' && <LoadAgain>Sign in</LoadAgain>}
      {failure.code === 'unexpected' && (
        <span className="text-muted">
          request <Id value={failure.requestId} length={36} />
        </span>
      )}
    </p>
  );
}

/** A grey block in place of what is loading. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-pulse-soft rounded-md bg-raised', className)} />;
}

/** The outline of a page that is loading: heading, tiles, rows. */
export function PageSkeleton({ rows = 8, tiles = 0 }: { rows?: number; tiles?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <Skeleton className="h-7 w-64" />
        <Skeleton className="h-5 w-96 max-w-full" />
        <StillLoading />
      </div>
      {tiles > 0 && (
        <div className="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-6">
          {Array.from({ length: tiles }, (_, index) => `tile-${index}`).map((key) => (
            <Skeleton key={key} className="h-16" />
          ))}
        </div>
      )}
      <div className="flex flex-col gap-1.5">
        {Array.from({ length: rows }, (_, index) => `row-${index}`).map((key) => (
          <Skeleton key={key} className="h-9" />
        ))}
      </div>
    </div>
  );
}
