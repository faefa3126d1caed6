/** No command of the console needs more. Next's limit in next.config.js is the same. */
const bodyBytesMax = 1 << 20;

/** More than a sign-in needs. It is small, since the body is read before it is known who sends it. */
const signedOutBytesMax = 16 << 10;

/** The HTTP status that refuses a request before its body is read; null if the body may be read. */
export function bodyRefusal(headers: Headers): 411 | 413 | null {
  if (sizeOf(headers) > bodyBytesMax) return 413;
  // NOTE: Next forwards an action of another page to itself without its size. The first request was checked already.
  return headers.has('transfer-encoding') && !headers.has('x-action-forwarded') ? 411 : null;
}

/** Whether a body of this size needs a session. */
export const needsSession = (headers: Headers): boolean => sizeOf(headers) > signedOutBytesMax;

const sizeOf = (headers: Headers): number => Number(headers.get('content-length'));
