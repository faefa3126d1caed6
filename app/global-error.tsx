'use client';

/** It takes the place of the whole layout, whose style sheet is not loaded then. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: 'system-ui, sans-serif', margin: '2rem' }}>
        <title>This page could not be shown · Stale labels</title>
        <h1 style={{ fontSize: '1.25rem' }}>This page could not be shown</h1>
        <p>Runs continue. The console may have been upgraded since this page was opened: reload it.</p>
        {error.digest && <p>The log has the details under {error.digest}.</p>}
        <p>
          <button type="button" onClick={() => window.location.reload()}>
            Reload the page
          </button>
        </p>
      </body>
    </html>
  );
}
