import { storable } from '@/lib/text';

/** "1 conversation", "1,204 conversations". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : plural}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "4 Feb", where the year is said elsewhere. */
export const dayInWords = (day: string): string => `${Number(day.slice(8, 10))} ${months[Number(day.slice(5, 7)) - 1]}`;

/** "1.2 GB"; decimal units. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let shown = value;
  while (shown >= 1000 && at < units.length - 1) {
    shown /= 1000;
    at += 1;
  }
  return `${at === 0 ? shown : shown.toFixed(1)} ${units[at]}`;
}

/** At most `max` items as a page can show them, and how many more there are. */
export function listed(items: readonly string[], max = 5): string {
  const shown = items.slice(0, max).map(storable).join(', ');
  return items.length > max ? `${shown} and ${items.length - max} more` : shown;
}
