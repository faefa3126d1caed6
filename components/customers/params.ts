import { parseAsString } from 'nuqs';

/** The range of a page; null is the page's own default. `to` is exclusive. */
export const rangeParams = { from: parseAsString, to: parseAsString };
