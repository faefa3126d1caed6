import { Layers } from 'lucide-react';
import Link from 'next/link';
import { BrowserNotices } from '@/components/notifications/browser-notices';
import { routes } from '@/components/routes';
import { TroubleCounter } from '@/components/trouble/trouble-counter';
import { cn } from '@/components/ui/cn';
import type { SignedIn } from '../auth/person';
import { Navigation } from './navigation';
import { PersonMenu, type Release } from './person-menu';
import { SwitcherButton } from './switcher';

export type Environment = { name: string; production: boolean; cluster: string | null; kubernetes: string | null };

/** The top of every page: environment, navigation, search, and who is signed in. */
export function Header({
  environment,
  release,
  person,
  signOut,
}: {
  environment: Environment;
  release: Release;
  person: SignedIn;
  signOut: () => Promise<void>;
}) {
  return (
    <header className="sticky top-0 z-30 border-line border-b bg-surface/95 backdrop-blur">
      {environment.production && <div aria-hidden className="h-1 bg-attention-solid" />}
      <div className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-x-2 px-4 sm:gap-x-4 sm:px-6">
        <Link href={routes.customers()} className="flex h-12 items-center gap-2 font-semibold">
          <Layers aria-hidden className="size-4 text-accent" />
          <span>Stale labels</span>
        </Link>
        <span
          title={environment.cluster ? `Cluster ${environment.cluster}` : undefined}
          className={cn(
            'truncate rounded-full border px-2 py-0.5 font-medium text-xs max-sm:max-w-20',
            environment.production
              ? 'border-attention bg-attention-soft text-attention'
              : 'border-line-strong text-muted',
          )}
        >
          {environment.production ? `production · ${environment.name}` : environment.name}
        </span>
        {environment.kubernetes && (
          <span
            title={`Jobs run in Kubernetes: ${environment.kubernetes}`}
            className="truncate text-muted text-xs max-sm:hidden"
          >
            {environment.kubernetes}
          </span>
        )}
        <Navigation />
        <div className="ml-auto flex h-12 items-center gap-1 sm:gap-2">
          <BrowserNotices />
          <TroubleCounter />
          <SwitcherButton />
          <PersonMenu person={person} release={release} signOut={signOut} />
        </div>
      </div>
    </header>
  );
}
