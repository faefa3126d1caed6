/** What decides the headers of an answer. `nonce` is null if it is no document; then nothing in it may run or load. */
export type HeadersWanted = { nonce: string | null; https: boolean; development: boolean };

const deniedFeatures = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb'];

/**
 * What a page may load and run: the console's files, and inline scripts and styles with the nonce of this request.
 * Style attributes are allowed, since charts and tables use them. Hot reload needs eval and inline styles.
 */
export function contentSecurityPolicy({ nonce, https, development }: HeadersWanted): string {
  if (nonce === null) return "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  const styles = development ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    `style-src ${styles}`,
    `style-src-elem ${styles}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(https ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** The headers of one answer, `[name, value]`. */
export function securityHeaders(wanted: HeadersWanted): [string, string][] {
  return [
    ['content-security-policy', contentSecurityPolicy(wanted)],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'same-origin'],
    ['permissions-policy', deniedFeatures.map((feature) => `${feature}=()`).join(', ')],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ...(wanted.https ? ([['strict-transport-security', 'max-age=31536000']] as [string, string][]) : []),
  ];
}
