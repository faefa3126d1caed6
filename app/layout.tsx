import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { Providers } from '@/components/shell/providers';
import { webContext } from '@/lib/edge/web-context';
import './globals.css';

/** Every page depends on who asks for it, and a build has no engines to read from. */
export const dynamic = 'force-dynamic';

const description = 'Finds stale conversation labels, repairs them, and shows Active Days before and after.';

/** A link preview needs whole addresses, so they begin with the one that people open. */
export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: new URL(webContext().config.web.baseUrl),
    title: { default: 'Stale labels', template: '%s · Stale labels' },
    description,
    icons: { icon: '/favicon.svg' },
    robots: { index: false, follow: false },
    openGraph: {
      siteName: 'Stale labels',
      description,
      images: [{ url: '/link-preview.png', width: 1200, height: 630, alt: description }],
    },
    twitter: { card: 'summary_large_image' },
  };
}

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
