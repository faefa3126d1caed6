import type { Line } from './lines';

/** What of a text may be an id. `runs` are beginnings of ids of runs that are called so. */
export type Ids = { tokens: string[]; named: string[]; runs: string[] };

/** Ids are looked up by one statement for each database, which names them all. */
export const idsMost = 200;

const uuid = /(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi;
const token = /(?<![\w@#+./-])[A-Za-z0-9](?:[\w:-]*[A-Za-z0-9])?(?![\w@]|-\w)/g;
const called =
  /\b(?:conversations?|convs?|chats?|sessions?|interactions?)(?:[ _-]?ids?)?\s*[:=#]?\s*["'`(]?([A-Za-z0-9][\w:-]{2,63})/gi;
const runCalled = /\b(?:run|backfill)\s*[:=#]?\s*([0-9a-f]{6,8}(?:-[0-9a-f]{0,4}){0,4}[0-9a-f]{0,12})\b/gi;

/** Keys of trackers, times, sizes, versions and phone numbers have letters and figures as ids do. */
const isOther =
  /^(?:[A-Z][A-Z0-9]{1,9}-\d{1,6}|\d{1,2}:\d\d.*|\d+(?:st|nd|rd|th|ms|s|h|m|d|k|kb|mb|gb|px|pm|am|utc|x)|v\d[\w-]*|\d{4}-\d\d-\d\d.*|\d{1,2}-[A-Za-z]{3,9}-\d{2,4}|q[1-4]|p[0-4]|sev-?\d|utf-?8|iso-?8859-\d+|\d{3}-\d{3,4}(?:-\d{4})?)$/i;

/** An id has figures and letters, or many figures. */
const looksLikeId = (text: string): boolean =>
  text.length >= 6 &&
  text.length <= 64 &&
  !isOther.test(text) &&
  ((/\d/.test(text) && /[A-Za-z]/.test(text)) || /^\d{9,}$/.test(text));

/** Everything in the lines and their addresses that may be an id of a conversation or run, each once. */
export function readIds(lines: readonly Line[]): Ids {
  const tokens = new Set<string>();
  const named = new Set<string>();
  const runs = new Set<string>();
  for (const line of lines) {
    if (line.place === 'signature' || line.place === 'header' || (line.text === '' && line.links.length === 0))
      continue;
    const texts = [line.text, ...line.links.map(partsOfLink)];
    for (const text of texts) {
      for (const [found] of text.matchAll(uuid)) tokens.add(found);
      for (const [found] of text.replace(uuid, ' ').matchAll(token)) if (looksLikeId(found)) tokens.add(found);
      for (const [, found = ''] of text.matchAll(called))
        if (/\d/.test(found) && !isOther.test(found)) named.add(found);
      for (const [, found = ''] of text.matchAll(runCalled)) runs.add(found.toLowerCase());
    }
  }
  for (const one of named) tokens.add(one);
  return { tokens: [...tokens], named: [...named], runs: [...runs] };
}

/** The path and the values of an address, apart. */
function partsOfLink(address: string): string {
  try {
    const url = new URL(address);
    return [...url.pathname.split('/'), ...url.searchParams.values(), ...url.hash.slice(1).split(/[/=&]/)]
      .map(decoded)
      .join(' ');
  } catch {
    return '';
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What an address of this console opens. */
export type ConsoleLink = {
  customerId?: string;
  from?: string;
  to?: string;
  runId?: string;
  findingId?: string;
  conversation?: string;
  agent?: string;
};

const isDayText = (text: string | null | undefined): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? '');

/** The first address in the lines that is one of a page of a console, whatever its host. */
export function readConsoleLink(lines: readonly Line[], isCustomer: (id: string) => boolean): ConsoleLink | null {
  for (const line of lines)
    for (const address of line.links) {
      const found = consoleLink(address, isCustomer);
      if (found) return found;
    }
  return null;
}

function consoleLink(address: string, isCustomer: (id: string) => boolean): ConsoleLink | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const [place, id = '', more, day] = url.pathname.split('/').slice(1).map(decoded);
  const get = (name: string) => url.searchParams.get(name) ?? undefined;
  if (place === 'customers' && isCustomer(id)) {
    const link = { customerId: id, agent: get('agent'), conversation: get('open')?.split(' ').at(-1) };
    if (more === 'days' && isDayText(day)) return { ...link, from: day };
    return { ...link, ...rangeIn(get) };
  }
  const customerId = get('customer');
  if (
    (place === 'active-days' || place === 'findings' || place === 'backfills') &&
    customerId &&
    isCustomer(customerId)
  )
    return { customerId, ...rangeIn(get), ...(isDayText(get('day')) ? { from: get('day') } : {}) };
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id);
  if (place === 'backfills' && isId) return { runId: id };
  if (place === 'findings' && isId) return { findingId: id };
  return null;
}

const rangeIn = (get: (name: string) => string | undefined) =>
  isDayText(get('from')) ? { from: get('from'), to: isDayText(get('to')) ? get('to') : undefined } : {};
