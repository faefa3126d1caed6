/**
 * Why no encrypted connection could be made, in a sentence about `server`; null for any other error. Looks through the
 * causes: fetch and the Kubernetes client wrap what Node says. Codes: OpenSSL's verification results and Node's TLS
 * errors, https://nodejs.org/api/tls.html#x509-certificate-error-codes.
 */
export function tlsFailure(error: unknown, server: string): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    // NOTE: the code of an AbortError is a number.
    const { code } = at as { code?: unknown };
    const reason = reasonOf(typeof code === 'string' ? code : '', at.message);
    if (reason) return `${server} ${reason}`;
  }
  return null;
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
]);
const wantsOurs = /alert (certificate required|bad certificate|handshake failure|unknown ca)/i;

function reasonOf(code: string, message: string): string | null {
  if (untrusted.has(code))
    return `shows a certificate of an authority that this process does not know (${code}). Set NODE_EXTRA_CA_CERTS to a file with the certificate of that authority.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `shows a certificate that was made for another name (${code}). Use a name that is in the certificate, or get a certificate for this name.`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `shows a certificate that ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code}). Renew it, or set this machine’s clock.`;
  if (code === 'CERT_REVOKED') return `shows a certificate that was revoked (${code}). Get a new one.`;
  if (
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' ||
    code === 'HPE_INVALID_CONSTANT' ||
    /wrong version number/i.test(message)
  )
    return 'does not speak what its address says: one side speaks TLS and the other does not. Check http or https, and the port.';
  if (/does not support SSL connections/.test(message))
    return 'does not offer encrypted connections. Take sslmode out of its URL, or switch encryption on at the server.';
  if (
    code === 'EPROTO' ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('ERR_TLS_') ||
    code.startsWith('ERR_OSSL_') ||
    code.startsWith('CERT_')
  )
    return wantsOurs.test(message)
      ? `refuses this process’s side of TLS (${code}). It may want a client certificate, which the console does not have.`
      : `could not agree on an encrypted connection (${code}). The log has the details.`;
  return null;
}
