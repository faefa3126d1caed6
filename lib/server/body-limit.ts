/** No command of the console needs more; Next's own limit in next.config.js is the same. */
const bodyBytesMax = 1 << 20;

const refusals = {
  411: 'This request does not say how large it is. Nothing was changed; send it with a Content-Length.',
  413: 'This request is larger than 1 MB, more than the console reads. Nothing was changed; send less.',
};

/** Why a request's body is not read, as a sentence with its HTTP status; null where it may be. */
export function bodyRefusal(headers: Headers): { status: keyof typeof refusals; sentence: string } | null {
  if (Number(headers.get('content-length')) > bodyBytesMax) return { status: 413, sentence: refusals[413] };
  // NOTE: Next hands an action of another page on to itself without its size, after this was asked of the first request.
  if (headers.has('transfer-encoding') && !headers.has('x-action-forwarded'))
    return { status: 411, sentence: refusals[411] };
  return null;
}

/** Whether an action was refused with one of those sentences, which Next's client throws. */
export const isBodyRefusal = (message: string): boolean => Object.values(refusals).includes(message);
