'use client';

import { Button } from './button';

/** Loads the page again: where the server could not fill it, and to sign in, which leads back to it. */
export function LoadAgain({ children = 'Try again' }: { children?: string }) {
  return (
    <Button size="sm" onClick={() => window.location.reload()}>
      {children}
    </Button>
  );
}
