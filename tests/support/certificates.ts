import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { engineAccount } from '@/lib/embedded/postgres/account';

export type Certificate = { cert: string; key: string };

/** A private authority in a folder of `parent`, and the certificates that it signs for servers on this machine. */
export function privateAuthority(parent: string) {
  const folder = mkdtempSync(join(parent, 'ca-'));
  chmodSync(folder, 0o755);
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];
  openssl('req', '-x509', ...newKey, at('ca.key'), '-out', at('ca.crt'), '-days', '2', '-subj', '/CN=tests authority');
  return {
    caFile: at('ca.crt'),
    /** Paths, readable by the account that the embedded Postgres runs as; `days` below 0: expired. */
    certificate(name: string, options: { names?: string; days?: number } = {}): Certificate {
      const { names = 'DNS:localhost,IP:127.0.0.1', days = 2 } = options;
      const [key, request, cert] = [at(`${name}.key`), at(`${name}.csr`), at(`${name}.crt`)];
      writeFileSync(at(`${name}.ext`), `subjectAltName=${names}`);
      openssl('req', ...newKey, key, '-out', request, '-subj', `/CN=${name}`);
      const signer = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-out',
        cert,
        ...signer,
        '-days',
        `${days}`,
        '-extfile',
        at(`${name}.ext`),
      );
      const { uid, gid } = engineAccount(null);
      if (uid !== undefined && gid !== undefined) chownSync(key, uid, gid);
      return { cert, key };
    },
    selfSigned(): Certificate {
      const [cert, key] = [at('self.crt'), at('self.key')];
      openssl('req', '-x509', ...newKey, key, '-out', cert, '-days', '2', '-subj', '/CN=localhost');
      return { cert, key };
    },
  };
}

/** A server that speaks TLS and hands all of it on to `target`, as a TLS listener of that engine would. */
export async function tlsFront(target: string, { cert, key }: Certificate) {
  const to = new URL(target);
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
    const there = connect(Number(to.port), to.hostname);
    socket.on('error', () => there.destroy()).pipe(there);
    there.on('error', () => socket.destroy()).pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `https://localhost:${address && typeof address === 'object' ? address.port : 0}`,
    close: () => server.close(),
  };
}
