'use client';

import { ThemeProvider } from 'next-themes';
import { useState } from 'react';

declare global {
  /** Libraries that add style elements read the nonce here. */
  var __webpack_nonce__: string | undefined;
}

/** Keeps the nonce of the document: the browser checks against that one, not against those of later answers. */
export function Providers({ nonce: given, children }: { nonce?: string; children: React.ReactNode }) {
  const [nonce] = useState(given);
  if (typeof window !== 'undefined') globalThis.__webpack_nonce__ = nonce;
  return (
    <ThemeProvider nonce={nonce} attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
      {children}
    </ThemeProvider>
  );
}
