'use client';

import { ChevronDown, UserRound } from 'lucide-react';
import { useState } from 'react';
import { Reload } from '@/components/ui/boundary';
import { Button } from '@/components/ui/button';
import type { SignedIn } from '../auth/person';

/** What a person quotes when they report a problem. */
export type Release = { version: string; commit: string };
export type PersonMenuProps = { person: SignedIn; release: Release; signOut: () => Promise<void> };

const load = () => import('./person-menu-opened');

/** The button of the person's menu. What opens is loaded when somebody is about to open it. */
export function PersonMenu(props: PersonMenuProps) {
  const [opened, setOpened] = useState<Awaited<ReturnType<typeof load>> | null>(null);
  const [byKeys, setByKeys] = useState(false);
  const [failed, setFailed] = useState(false);
  const label = `Signed in as ${props.person.name}, ${props.person.role}`;
  const button = (
    <>
      <UserRound aria-hidden className="size-4 shrink-0" />
      <span className="truncate max-lg:hidden">{props.person.name}</span>
      <span className="rounded border border-line-strong px-1 text-xs max-sm:hidden">{props.person.role}</span>
      <ChevronDown aria-hidden className="size-3 shrink-0" />
    </>
  );
  if (failed) return <Reload />;
  if (opened) return <opened.PersonMenuOpened {...props} label={label} button={button} byKeys={byKeys} />;
  const open = (isKey: boolean) => {
    setByKeys(isKey);
    return load().then(setOpened, () => setFailed(true));
  };
  const prepare = () => void load().catch(() => undefined);
  return (
    <Button
      look="ghost"
      className="max-w-56"
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={(event) => open(event.detail === 0)}
      onKeyDown={(event) => event.key === 'ArrowDown' && open(true)}
    >
      {button}
    </Button>
  );
}
