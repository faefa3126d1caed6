/** No command of the console needs more; Next's own limit in next.config.js is the same. */
const bodyBytesMax = 1 << 20;

/** Why a request's body is not read, as a sentence with its HTTP status; null where it may be. */
export function bodyRefusal(headers: Headers): { status: 411 | 413; sentence: string } | null {
  if (Number(headers.get('content-length')) > bodyBytesMax)
    return {
      status: 413,
      sentence: 'This request is larger than 1 MB, more than the console reads. Nothing was changed; send less.',
    };
  // NOTE: Next hands an action of another page on to itself without its size, after this was asked of the first request.
  if (headers.has('transfer-encoding') && !headers.has('x-action-forwarded'))
    return {
      status: 411,
      sentence: 'This request does not say how large it is. Nothing was changed; send it with a Content-Length.',
    };
  return null;
}
