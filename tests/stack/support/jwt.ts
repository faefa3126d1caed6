/** Seconds since 1970, the unit of times in a token. */
export const now = () => Math.floor(Date.now() / 1000);
/** Header, claims and signature of a token, encoded. */
export const parts = (token: string) => token.split('.') as [string, string, string];
export const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
