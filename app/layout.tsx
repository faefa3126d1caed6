import type { Metadata } from 'next';
import { Providers } from '@/components/shell/providers';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Stale labels', template: '%s · Stale labels' },
  description: 'Finds stale conversation labels, repairs them, and shows Active Days before and after.',
};

export default function RootLayout({ children }: LayoutProps<'/'>) {
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
