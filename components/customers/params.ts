import { parseAsString } from '@/components/ui/address-parsers';

/** The range of a page; `to` is exclusive. Null means the page's default. */
export const rangeParams = { from: parseAsString, to: parseAsString };
