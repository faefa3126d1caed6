import { useSyncExternalStore } from 'react';
import { read, write } from './storage';

/** In which zone this browser shows times: that of the page, its own, or UTC. Days are always the customer's. */
export const zoneChoices = { page: 'Times of the customer', mine: 'Times of mine', utc: 'Times in UTC' } as const;
export type ZoneChoice = keyof typeof zoneChoices;

const key = 'slc.zone';

function chosen(): ZoneChoice {
  const kept = read(key);
  return kept === 'mine' || kept === 'utc' ? kept : 'page';
}

export function chooseZone(choice: ZoneChoice): void {
  write(key, choice);
  window.dispatchEvent(new Event(key));
}

function onChoice(onChange: () => void): () => void {
  window.addEventListener(key, onChange);
  window.addEventListener('storage', onChange);
  return () => {
    window.removeEventListener(key, onChange);
    window.removeEventListener('storage', onChange);
  };
}

/** What this browser chose; the server does not know it. */
export const useZoneChoice = (): ZoneChoice => useSyncExternalStore(onChoice, chosen, () => 'page' as const);

/** The zone in which a time is shown that the page would show in `timeZone`. */
export function useZone(timeZone: string): string {
  const choice = useZoneChoice();
  if (choice === 'page') return timeZone;
  return choice === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
