import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createLog } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';
import { pgStatement } from '@/lib/postgres/statement';

const authenticationOk = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const stopping = (() => {
  const fields = Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
})();

let server: Server;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([authenticationOk, readyForQuery, stopping])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

it('a server that accepts a connection and ends it at once does not answer, and does not end the process', async () => {
  const { port } = server.address() as AddressInfo;
  const url = `postgres://user:word@127.0.0.1:${port}/console`;
  const db = connectPostgres({ url, log: createLog('test', 'silent'), application: 'test' });
  const statement = pgStatement({ name: 'test.one', text: 'SELECT 1 AS one', row: z.object({ one: z.number() }) });
  for (let time = 0; time < 20; time += 1)
    await expect(db.query(statement)).rejects.toMatchObject({ code: 'unavailable' });
  await db.close();
});
