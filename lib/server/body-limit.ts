import type { bodyRefusals } from './model';

/** No command of the console needs more; Next's own limit in next.config.js is the same. */
const bodyBytesMax = 1 << 20;

/** The HTTP status that refuses a request for its body before it is read; null where it may be. */
export function bodyRefusal(headers: Headers): keyof typeof bodyRefusals | null {
  if (Number(headers.get('content-length')) > bodyBytesMax) return 413;
  // NOTE: Next hands an action of another page on to itself without its size, after this was asked of the first request.
  return headers.has('transfer-encoding') && !headers.has('x-action-forwarded') ? 411 : null;
}
