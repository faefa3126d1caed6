import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certificate } from './certificates';

export type Received = { headers: IncomingHttpHeaders; body: string; path: string };

/** How a receiver answers: a status, or whatever the function does with the response. */
export type Answer = number | ((response: ServerResponse, received: Received) => void);

const keysOf = ({ cert, key }: Certificate) => ({ cert: readFileSync(cert), key: readFileSync(key) });

/** A real HTTP server that keeps what it gets. `answer` is asked for each message; with `certificate` it speaks TLS. */
export async function httpReceiver(options: { certificate?: Certificate; port?: number } = {}) {
  const received: Received[] = [];
  const state = { answer: 204 as Answer };
  const listener: Parameters<typeof createServer>[1] = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), path: request.url ?? '' };
      received.push(one);
      if (typeof state.answer === 'number') response.writeHead(state.answer).end();
      else state.answer(response, one);
    });
  };
  const { certificate } = options;
  const server = certificate ? createSecureServer(keysOf(certificate), listener) : createServer(listener);
  server.on('tlsClientError', () => undefined);
  const listen = (port: number) =>
    new Promise<number>((resolve) =>
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        resolve(address && typeof address === 'object' ? address.port : 0);
      }),
    );
  const port = await listen(options.port ?? 0);
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/messages`,
    received,
    /** What each message says. */
    said: () =>
      received.map(({ body }) => JSON.parse(body) as { kind: string; title: string; key: string; lines: string[] }),
    answer(next: Answer) {
      state.answer = next;
    },
    /** Nothing listens until `back`. */
    away: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    back: () => listen(port),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A real SMTP server that keeps the mails it takes. */
export async function mailReceiver(options: SMTPServerOptions = {}) {
  const mails: string[] = [];
  const logins: string[] = [];
  const state: { after: ((done: (error?: Error | null) => void) => void) | null } = { after: null };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth(auth, _session, done) {
      logins.push(`${auth.username}:${auth.password}`);
      done(null, { user: auth.username });
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        if (state.after) state.after(done);
        else done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      resolve(address && typeof address === 'object' ? address.port : 0);
    });
  });
  return {
    port,
    mails,
    logins,
    /** What it does with a mail that it has taken, instead of saying so. */
    afterMail(next: typeof state.after) {
      state.after = next;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A mail server that takes everything, and answers each command after the milliseconds that `waitMs` says. */
export async function slowMailServer(waitMs: (command: string) => number) {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    let isText = false;
    const say = (line: string, command: string) =>
      setTimeout(() => socket.writable && socket.write(`${line}\r\n`), waitMs(command));
    say('220 slow', '220');
    socket.on('data', (chunk) => {
      for (const line of chunk.toString('utf8').split('\r\n')) {
        if (line === '' || (isText && line !== '.')) continue;
        const command = line.split(' ')[0] ?? '';
        heard.push(command);
        isText = command === 'DATA';
        say(isText ? '354 go on' : '250 yes', command);
      }
    });
    socket.on('error', () => undefined);
    socket.once('close', end);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address && typeof address === 'object' ? address.port : 0);
    });
  });
  return {
    port,
    /** The commands, and a point for the end of a mail. */
    heard,
    /** When the connection is closed. */
    ended,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The value of a header of a mail, unfolded. */
export const headerOf = (mail: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*(?:\\r?\\n[ \\t].*)*)`, 'im')
    .exec(mail.split(/\r?\n\r?\n/)[0] ?? '')?.[1]
    ?.replace(/\r?\n[ \t]/g, ' ');
