'use client';

import { Button } from './button';

/** For a page that the server could not fill and that reads nothing by itself. */
export function LoadAgain() {
  return (
    <Button size="sm" onClick={() => window.location.reload()}>
      Try again
    </Button>
  );
}
