/** The name of the session's cookie. On https the prefix `__Host-` binds it to this host and path. */
export const sessionCookie = (https: boolean): string => (https ? '__Host-slc_session' : 'slc_session');

/** The cookie of one sign-in attempt, so that two tabs may sign in at once. `state` is public. */
export const attemptCookie = (https: boolean, state: string): string =>
  `${https ? '__Secure-' : ''}slc_sign_in_${state.slice(0, 8)}`;

export const attemptPath = '/api/auth';
export const attemptSeconds = 600;

/** The options of every cookie of the console; `seconds` 0 removes the cookie. */
export const cookieOptions = (https: boolean, path: string, seconds: number) =>
  ({ httpOnly: true, sameSite: 'lax', secure: https, path, maxAge: seconds }) as const;
