import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { Providers } from '@/components/shell/providers';
import './globals.css';

/** Every page is of the moment and of the person who asks; a build has no engines to ask. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: 'Stale labels', template: '%s · Stale labels' },
  description: 'Finds stale conversation labels, repairs them, and shows Active Days before and after.',
};

export default async function RootLayout({ children }: LayoutProps<'/'>) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  );
}
