'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { useState } from 'react';

declare global {
  /** Where libraries that add style elements look for the nonce. */
  var __webpack_nonce__: string | undefined;
}

/** `nonce` is that of the document; a later answer's own would not be accepted by it, so the first one stays. */
export function Providers({ nonce: given, children }: { nonce?: string; children: React.ReactNode }) {
  const [nonce] = useState(given);
  if (typeof window !== 'undefined') globalThis.__webpack_nonce__ = nonce;
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { refetchIntervalInBackground: false, refetchOnWindowFocus: true, networkMode: 'always' },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <ThemeProvider nonce={nonce} attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
        <NuqsAdapter>{children}</NuqsAdapter>
      </ThemeProvider>
    </QueryClientProvider>
  );
}
