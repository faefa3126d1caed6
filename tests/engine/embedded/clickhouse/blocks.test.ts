import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBlocks, toBlocks } from '@/lib/embedded/clickhouse/http/blocks';
import { type OwnClickHouse, ownClickHouse, passwords } from './helper';

let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
});
afterAll(() => server.remove());

async function unpacked(blocks: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of fromBlocks(Readable.from([blocks]))) parts.push(part);
  return Buffer.concat(parts);
}

/** An answer with its bytes, also of one that breaks off. */
async function ask(query: Record<string, string>, body: Buffer | string, password: string = passwords.admin) {
  const sent = typeof body === 'string' ? body : new Uint8Array(body);
  const headers = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': password };
  const answer = await fetch(`${server.url()}/?${new URLSearchParams(query)}`, { method: 'POST', body: sent, headers });
  const parts: Uint8Array[] = [];
  const collect = new WritableStream<Uint8Array>({ write: (part) => void parts.push(part) });
  const whole = await answer.body?.pipeTo(collect).then(
    () => true,
    () => false,
  );
  return { status: answer.status, headers: answer.headers, body: Buffer.concat(parts), whole };
}

// Only newer versions of Node have zstd.
const codecs = ['LZ4', 'LZ4HC(9)', 'NONE', ...('zstdDecompressSync' in zlib ? ['ZSTD(1)'] : [])];
it.each(codecs)('blocks that the engine itself wrote with %s are read', async (codec) => {
  const rows = 200_000;
  const table = `parts_${codec.replace(/\W/g, '')}`;
  await server.ask(`CREATE TABLE ${table} (n UInt64 CODEC(${codec})) ENGINE = MergeTree ORDER BY tuple()
    SETTINGS min_bytes_for_wide_part = 0`);
  await server.ask(`INSERT INTO ${table} SELECT number * number % 1000 FROM numbers(${rows})`);
  const folder = (await server.ask(`SELECT path FROM system.parts WHERE table = '${table}' FORMAT TSVRaw`)).text.trim();
  const file = readdirSync(folder).find((name) => name === 'n.bin') ?? '';
  const values = Buffer.alloc(rows * 8);
  for (let row = 0; row < rows; row += 1) values.writeBigUInt64LE(BigInt((row * row) % 1_000), row * 8);
  expect((await unpacked(readFileSync(join(folder, file)))).equals(values)).toBe(true);
});

describe('compress=1', () => {
  it('sends the answer in blocks, with and without an encoding of HTTP around them', async () => {
    const statement = 'SELECT number, repeat(toString(number), 5) FROM numbers(50000) FORMAT TSV';
    const plain = await ask({}, statement);
    const packed = await ask({ compress: '1' }, statement);
    expect(packed.headers.get('content-encoding')).toBeNull();
    expect((await unpacked(packed.body)).equals(plain.body)).toBe(true);
    const both = await ask({ compress: '1', enable_http_compression: '1', wait_end_of_query: '1' }, statement);
    expect(both.headers.get('content-encoding')).toMatch(/^(br|gzip)$/);
    expect((await unpacked(both.body)).equals(plain.body)).toBe(true);
  });

  it('sends an error of the statement in blocks, early or behind rows, and a refused sign-in without', async () => {
    const early = await ask({ compress: '1' }, 'SELECT * FROM nowhere');
    expect([early.status, String(await unpacked(early.body))]).toEqual([404, expect.stringContaining('Code: 60')]);
    const late = 'SELECT throwIf(number = 2900000) FROM numbers(3000000) SETTINGS max_threads = 1 FORMAT TSV';
    const { headers, body, whole } = await ask({ compress: '1' }, late);
    expect(whole).toBe(false);
    const text = String(await unpacked(body));
    expect(text).toContain(`__exception__\r\n${headers.get('x-clickhouse-exception-tag')}\r\nCode: 395`);
    const refused = await ask({ compress: '1' }, 'SELECT 1', 'wrong');
    expect([refused.status, String(refused.body)]).toEqual([403, expect.stringContaining('Code: 516')]);
  });
});

describe('decompress=1', () => {
  it('reads statement and rows from blocks, in the body or beside the URL’s statement', async () => {
    await server.ask('CREATE TABLE packed (n UInt32, s String) ENGINE = MergeTree ORDER BY n');
    const rows = Array.from({ length: 100_000 }, (_, n) => `${n}\trow ${n}\n`).join('');
    const inUrl = { decompress: '1', query: 'INSERT INTO packed FORMAT TSV' };
    expect((await ask(inUrl, toBlocks(Buffer.from(rows)))).status).toBe(200);
    const inBody = toBlocks(Buffer.from('INSERT INTO packed FORMAT TSV\n100000\tlast\n'));
    expect((await ask({ decompress: '1' }, inBody)).status).toBe(200);
    const sum = toBlocks(Buffer.from('SELECT count(), sum(n), max(s) FROM packed'));
    expect(String((await ask({ decompress: '1' }, sum)).body)).toBe('100001\t5000050000\trow 99999\n');
  });

  it('writes nothing of a damaged or cut body, and refuses an encoding beside it', async () => {
    await server.ask('CREATE TABLE kept (n UInt32) ENGINE = MergeTree ORDER BY n');
    const query = { decompress: '1', query: 'INSERT INTO kept FORMAT TSV' };
    const whole = toBlocks(Buffer.from('1\n2\n'));
    const damaged = await ask(query, Buffer.from(whole).fill('x', 26));
    expect([damaged.status, String(damaged.body)]).toEqual([400, expect.stringContaining('CHECKSUM_DOESNT_MATCH')]);
    expect((await ask(query, whole.subarray(0, -1))).status).toBe(400);
    const beside = await server.ask('x', { query, init: { headers: { 'content-encoding': 'gzip' } } });
    expect(beside.text).toContain('Code: 48');
    expect((await server.ask('SELECT count() FROM kept')).text).toBe('0\n');
  });
});
