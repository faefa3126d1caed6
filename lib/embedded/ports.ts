import { createServer } from 'node:net';

/** True when `port` of 127.0.0.1 can be listened on now. */
export function isPortFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

/** `wanted` where it is free, so that an engine keeps its port between starts; else one that the system picks. */
export async function freePort(wanted: number | null): Promise<number> {
  if (wanted !== null && (await isPortFree(wanted))) return wanted;
  return listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
