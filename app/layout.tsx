import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { Providers } from '@/components/shell/providers';
import { webContext } from '@/lib/edge/web-context';
import { description, linkPreview } from './link-preview';
import './globals.css';

/** Every page depends on who asks for it, and a build has no engines to read from. */
export const dynamic = 'force-dynamic';

/** A link preview needs whole addresses, so they begin with the one that people open. */
export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: new URL(webContext().config.web.baseUrl),
    title: { default: 'Stale labels', template: '%s · Stale labels' },
    description,
    icons: { icon: '/favicon.svg' },
    robots: { index: false, follow: false },
    openGraph: linkPreview,
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
