'use client';

import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { routes } from '@/components/routes';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { chooseZone, useZoneChoice, type ZoneChoice, zoneChoices } from '@/components/ui/zone';
import { sendCommand } from './commands';
import type { PersonMenuProps } from './person-menu';

/** The menu of the person, with everything that only an opened one needs. */
export function PersonMenuOpened({
  person,
  release,
  signOut,
  label,
  button,
  byKeys,
}: PersonMenuProps & { label: string; button: React.ReactNode; byKeys: boolean }) {
  const { setTheme } = useTheme();
  const router = useRouter();
  const zone = useZoneChoice();
  return (
    <Menu label={label} button={button} byKeys={byKeys}>
      <MenuLabel>
        {person.name}, {person.role}
      </MenuLabel>
      <MenuItem onSelect={() => setTheme('light')}>Light</MenuItem>
      <MenuItem onSelect={() => setTheme('dark')}>Dark</MenuItem>
      <MenuItem onSelect={() => setTheme('system')}>Same as system</MenuItem>
      <MenuSeparator />
      {Object.entries(zoneChoices).map(([choice, label]) => (
        <MenuItem key={choice} onSelect={() => chooseZone(choice as ZoneChoice)}>
          {label}
          {choice === zone && ' (chosen)'}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => sendCommand('stop everything')}>Stop everything</MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => router.push(routes.notifications())}>Notifications</MenuItem>
      <MenuItem onSelect={() => router.push(routes.sessions())}>Sessions</MenuItem>
      <MenuItem onSelect={() => router.push(routes.help())}>Help</MenuItem>
      <MenuItem onSelect={() => void signOut()}>Sign out</MenuItem>
      <MenuSeparator />
      <MenuLabel>
        Version {release.version}, commit {release.commit}
      </MenuLabel>
    </Menu>
  );
}
