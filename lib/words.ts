import { storable } from '@/lib/text';

/** 1204 -> "1,204". The same on server and browser, whatever their locale data. */
export function formatNumber(value: number): string {
  const whole = Math.abs(Math.round(value)).toString();
  return `${value < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;
}

/** "17", or "≥ 17" where a limit stopped the count. */
export const atLeastText = (value: number, atLeast: boolean): string => `${atLeast ? '≥ ' : ''}${formatNumber(value)}`;

/** "1 conversation", "1,204 conversations"; give `plural` where it is not the noun with an s. */
export const count = (value: number, noun: string, plural = `${noun}s`): string =>
  `${formatNumber(value)} ${agree(value, noun, plural)}`;

/** The form that agrees with a number: agree(1, 'is', 'are') is "is". */
export const agree = (value: number, one: string, many: string): string => (value === 1 ? one : many);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "4 Feb", for sentences that name the year elsewhere. */
export const dayInWords = (day: string): string => `${Number(day.slice(8, 10))} ${months[Number(day.slice(5, 7)) - 1]}`;

/** "4 Feb 2026". */
export const longDay = (day: string): string => `${dayInWords(day)} ${day.slice(0, 4)}`;

/** "1.2 GB", "120 MB"; decimal units. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** At most `max` items in a list of words, and how many more there are. */
export function listed(items: readonly string[], max = 5): string {
  const shown = items.slice(0, max).map(storable).join(', ');
  return items.length > max ? `${shown} and ${items.length - max} more` : shown;
}
