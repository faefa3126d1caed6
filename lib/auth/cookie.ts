/** The session's cookie; `__Host-` on https binds it to this host and path. */
export const sessionCookie = (https: boolean): string => (https ? '__Host-slc_session' : 'slc_session');

/** The cookie of one sign-in on its way, so that two tabs may sign in at once; `state` is public. */
export const attemptCookie = (https: boolean, state: string): string =>
  `${https ? '__Secure-' : ''}slc_sign_in_${state.slice(0, 8)}`;

export const attemptPath = '/api/auth';
export const attemptSeconds = 600;

/** What every cookie of the console has; `seconds` 0 removes it. */
export const cookieOptions = (https: boolean, path: string, seconds: number) =>
  ({ httpOnly: true, sameSite: 'lax', secure: https, path, maxAge: seconds }) as const;
