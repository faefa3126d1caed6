import { read, write } from '@/components/ui/storage';
import type { News } from '@/lib/notifications/view-model';

/** What the tabs of this browser share: which notifications were shown. */
const shownKey = 'slc.notifications.shown';
/** More than one answer holds, so that nothing of it is forgotten. */
const shownMost = 500;

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
