'use client';

import { ChevronDown, UserRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { routes } from '@/components/routes';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import type { SignedIn } from '../auth/person';
import { sendCommand } from './commands';

/** What a person quotes when they report a problem. */
export type Release = { version: string; commit: string };

export function PersonMenu({
  person,
  release,
  signOut,
}: {
  person: SignedIn;
  release: Release;
  signOut: () => Promise<void>;
}) {
  const { setTheme } = useTheme();
  const router = useRouter();
  return (
    <Menu
      label={`Signed in as ${person.name}, ${person.role}`}
      button={
        <>
          <UserRound aria-hidden className="size-4 shrink-0" />
          <span className="truncate max-lg:hidden">{person.name}</span>
          <span className="rounded border border-line-strong px-1 text-xs max-sm:hidden">{person.role}</span>
          <ChevronDown aria-hidden className="size-3 shrink-0" />
        </>
      }
    >
      <MenuLabel>
        {person.name}, {person.role}
      </MenuLabel>
      <MenuItem onSelect={() => setTheme('light')}>Light</MenuItem>
      <MenuItem onSelect={() => setTheme('dark')}>Dark</MenuItem>
      <MenuItem onSelect={() => setTheme('system')}>Same as system</MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => sendCommand('stop everything')}>Stop everything</MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => router.push(routes.notifications())}>Notifications</MenuItem>
      <MenuItem onSelect={() => router.push(routes.sessions())}>Sessions</MenuItem>
      <MenuItem onSelect={() => void signOut()}>Sign out</MenuItem>
      <MenuSeparator />
      <MenuLabel>
        Version {release.version}, commit {release.commit}
      </MenuLabel>
    </Menu>
  );
}
