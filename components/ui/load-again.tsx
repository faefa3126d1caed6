'use client';

import { Button } from './button';

/** Reloads the page, which also leads through the sign-in and back. */
export function LoadAgain({ children = 'Try again' }: { children?: string }) {
  return (
    <Button size="sm" onClick={() => window.location.reload()}>
      {children}
    </Button>
  );
}
