import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** The way an answer goes out: status and headers, then bytes, then a clean or a broken end. */
export type Wire = {
  readonly body: Writable;
  /** Nothing was sent yet that a status could contradict. */
  fresh(): boolean;
  head(status: number, headers: Map<string, string>): void;
  /** Ends without the last chunk, so that the client knows the answer is not whole. */
  breakOff(): void;
};

/** Node's own response. */
export function plainWire(response: ServerResponse): Wire {
  return {
    body: response,
    fresh: () => !response.headersSent,
    head(status, headers) {
      for (const [name, value] of headers) response.setHeader(name, value);
      response.writeHead(status);
    },
    breakOff: () => void response.write('', () => response.socket?.destroySoon()),
  };
}

/**
 * The socket itself, for answers whose headers come one by one while the statement runs. Status 200 goes out with
 * the first of them, as in ClickHouse; the connection closes behind the answer.
 */
export function progressWire(response: ServerResponse, headers: Map<string, string>) {
  const socket = response.socket as Socket;
  response.detachSocket(socket);
  const line = (name: string, value: string) => socket.write(`${name}: ${value}\r\n`);
  socket.write('HTTP/1.1 200 OK\r\n');
  const sent = new Set<string>();
  const put = (name: string, value: string) => {
    sent.add(name);
    line(name, value);
  };
  for (const [name, value] of headers) put(name, value);
  put('Connection', 'close');
  put('Transfer-Encoding', 'chunked');
  const body = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunk.length === 0) return done();
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n', done);
      socket.uncork();
    },
    final(done) {
      socket.end('0\r\n\r\n', done);
    },
  });
  socket.once('error', (error) => body.destroy(error));
  body.on('error', () => {});
  let open = true;
  const wire: Wire = {
    body,
    fresh: () => open,
    head(_status, all) {
      open = false;
      for (const [name, value] of all) if (!sent.has(name)) put(name, value);
      socket.write('\r\n');
    },
    breakOff: () => socket.destroySoon(),
  };
  return { wire, line };
}
