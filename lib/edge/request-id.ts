import { randomUUID } from 'node:crypto';
import { requestIdPattern } from './model';

/** The id that a proxy gave this request, so that both logs use the same one; a new id if there is none. */
export function requestIdOf(sent: Pick<Headers, 'get'>): string {
  const id = sent.get('x-request-id') ?? '';
  return requestIdPattern.test(id) ? id : randomUUID();
}
