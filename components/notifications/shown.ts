import type { News } from '@/lib/notifications/view-model';

/** What the tabs of this browser share: whether the person wants notifications, and which were shown. */
const wantedKey = 'slc.notifications.wanted';
const shownKey = 'slc.notifications.shown';
/** More than one answer holds, so that nothing of it is forgotten. */
const shownMost = 500;

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

const keyOf = ({ id, resolution }: Pick<News, 'id' | 'resolution'>) => `${id}${resolution === null ? '' : ' over'}`;

/**
 * Of the news what no tab has shown yet, which is shown from now on. The end of a case is news only if its beginning was
 * shown. Of what is there when a browser first asks, nothing is shown.
 */
export function takeNew(news: readonly News[]): News[] {
  const stored = read(shownKey);
  const shown = stored === null ? null : stored.split('\n');
  const isNew = (one: News) => !shown?.includes(keyOf(one)) && (one.resolution === null || shown?.includes(one.id));
  const fresh = shown === null ? [] : news.filter(isNew);
  const known = [...(shown ?? []), ...news.filter((one) => shown === null || isNew(one)).map(keyOf)];
  write(shownKey, known.slice(-shownMost).join('\n'));
  return fresh;
}

/** Forgets what was shown, so that nothing old is shown when notifications are turned on again. */
export const forgetShown = (): void => {
  try {
    localStorage.removeItem(shownKey);
  } catch {}
};

/** A browser may refuse its storage; then nothing is wanted. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {}
}
