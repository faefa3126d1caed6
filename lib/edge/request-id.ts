import { randomUUID } from 'node:crypto';
import { requestIdPattern } from './model';

/** The id that a proxy gave this request, so that its log and ours are one story; a new one where none is usable. */
export function requestIdOf(sent: Pick<Headers, 'get'>): string {
  const id = sent.get('x-request-id') ?? '';
  return requestIdPattern.test(id) ? id : randomUUID();
}
