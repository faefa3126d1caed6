import { read, write } from '@/components/ui/storage';

/** What the tabs of this browser share: whether the person wants notifications. */
const wantedKey = 'slc.notifications.wanted';

export const isWanted = (): boolean => read(wantedKey) === 'yes';

export function want(wanted: boolean): void {
  write(wantedKey, wanted ? 'yes' : 'no');
  window.dispatchEvent(new Event(wantedKey));
}

/** Calls `onChange` when this or another tab turns notifications on or off. */
export function onWanted(onChange: () => void): () => void {
  window.addEventListener(wantedKey, onChange);
  window.addEventListener('storage', onChange);
  return () => {
    window.removeEventListener(wantedKey, onChange);
    window.removeEventListener('storage', onChange);
  };
}
