/** No command of the console needs more; Next's own limit in next.config.js is the same. */
const bodyBytesMax = 1 << 20;

/** What a sign-in needs, and more: reading a body costs before anybody is asked who sends it. */
const signedOutBytesMax = 16 << 10;

/** The HTTP status that refuses a request for its body before it is read; null where it may be. */
export function bodyRefusal(headers: Headers): 411 | 413 | null {
  if (sizeOf(headers) > bodyBytesMax) return 413;
  // NOTE: Next hands an action of another page on to itself without its size, after this was asked of the first request.
  return headers.has('transfer-encoding') && !headers.has('x-action-forwarded') ? 411 : null;
}

/** True where only somebody with a session may send a body of this size. */
export const needsSession = (headers: Headers): boolean => sizeOf(headers) > signedOutBytesMax;

const sizeOf = (headers: Headers): number => Number(headers.get('content-length'));
