'use client';

/** NOTE: every page carries this, so it has nothing that others have. */
export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div role="alert" className="rounded-lg border border-attention/40 bg-attention-soft/60 px-5 py-4">
      <h1 className="font-semibold text-attention">This page could not be shown</h1>
      <p className="mt-1">The log has the details under this id. The other pages still work, and runs continue.</p>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted text-sm">
        {error.digest && (
          <span>
            request <code className="text-xs">{error.digest}</code>
          </span>
        )}
        <button type="button" onClick={reset} className="underline">
          Try again
        </button>
      </div>
    </div>
  );
}
