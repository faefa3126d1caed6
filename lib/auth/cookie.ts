/** The session's cookie and how long it lives. */
export const sessionCookie = 'slc_session';
export const sessionSeconds = 12 * 3600;
