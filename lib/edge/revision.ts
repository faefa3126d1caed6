import { createHash } from 'node:crypto';

/** The revision of an answer: the same for the same JSON. 22 characters. */
export const revisionOf = (json: string): string => createHash('sha256').update(json).digest('base64url').slice(0, 22);

/** Whether the request says, with `if-none-match`, that it holds this revision already. */
export function holdsRevision(headers: Headers, revision: string): boolean {
  const held = headers.get('if-none-match')?.split(',') ?? [];
  return held.some((tag) => tag.trim().replace(/^W\//, '') === `"${revision}"`);
}

/** The answer to a request that holds the newest revision: 304, without a body. */
export const notModified = (revision: string): Response =>
  new Response(null, { status: 304, headers: revisionHeaders(revision) });

/** No cache may keep an answer. The revision is there for programs that poll; pages find it in the `Result`. */
export const revisionHeaders = (revision: string) => ({ 'cache-control': 'no-store', etag: `"${revision}"` });

/** What a read answers whose revision is known better than from a hash of the answer. */
export class Revised<T> {
  /** `data` is undefined where the request holds the newest answer. */
  constructor(
    readonly data: T | undefined,
    readonly revision: string,
  ) {}

  /** Nothing is newer than this revision. */
  static unchanged(revision: string): Revised<never> {
    return new Revised<never>(undefined, revision);
  }
}
