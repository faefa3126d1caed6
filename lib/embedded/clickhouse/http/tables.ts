import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import busboy from 'busboy';
import type { Engine } from '../engine/engine';
import { Problem, problem } from '../problem';
import { identifier, literal } from '../sql/quote';
import type { ExternalTable } from './request';
import type { ClientSession } from './sessions';

const fieldBytesMax = 64 * 1024 * 1024;
let nextFile = 1;

/** What a form may say beside its files: the statement, its values, and how the files are to be read. */
const fieldName = /^(query|param_.*|.*_(structure|types|format))$/s;

/**
 * Reads a `multipart/form-data` body: fields are added to `search` (a statement behind the URL's), files become tables
 * whose structure is in `NAME_structure` or `NAME_types`. The caller removes the files. Throws 413 for a field
 * above 64 MB.
 */
export async function readForm(
  request: IncomingMessage,
  search: URLSearchParams,
  folder: string,
): Promise<ExternalTable[]> {
  const files: { name: string; path: string }[] = [];
  const writes: Promise<void>[] = [];
  const form = busboy({ headers: request.headers, limits: { fieldSize: fieldBytesMax }, defParamCharset: 'utf8' });
  form.on('field', (name, value, { valueTruncated }) => {
    if (valueTruncated) form.destroy(problem(229, 'QUERY_IS_TOO_LARGE', `The field ${name} is too large.`));
    else if (name === 'query') search.set(name, (search.get(name) ?? '') + value);
    else if (fieldName.test(name)) search.append(name, value);
  });
  form.on('file', (name, stream, info) => {
    const path = join(folder, `table-${nextFile++}`);
    files.push({ name: name ?? info.filename, path });
    writes.push(finished(stream.pipe(createWriteStream(path, { mode: 0o600 }))));
  });
  request.once('close', () => request.complete || form.destroy(new Error('aborted')));
  request.pipe(form);
  try {
    await finished(form);
    await Promise.all(writes);
  } catch (cause) {
    await removeFiles(files);
    if (cause instanceof Problem) throw cause;
    const text = `The multipart body is not usable: ${cause instanceof Error ? cause.message : cause}`;
    throw problem(36, 'BAD_ARGUMENTS', text);
  }
  return files.map(({ name, path }) => ({
    name,
    path,
    structure: search.get(`${name}_structure`) ?? numbered(search.get(`${name}_types`)),
    format: search.get(`${name}_format`) ?? 'TabSeparated',
  }));
}

export async function removeFiles(files: { path: string }[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(path, { force: true })));
}

/** Makes the tables of a request in its session; `dropTables` takes them away again. */
export async function createTables(engine: Engine, session: ClientSession, tables: ExternalTable[]): Promise<void> {
  for (const { name, structure, format, path } of tables) {
    if (format.toLowerCase() === 'values')
      throw problem(48, 'NOT_IMPLEMENTED', 'Tables beside a statement in the format Values are not implemented here.');
    if (structure === '') throw problem(36, 'BAD_ARGUMENTS', `Neither ${name}_structure nor ${name}_types is given.`);
    const create = `CREATE TEMPORARY TABLE ${identifier(name)} ENGINE = Memory AS SELECT * FROM null(${literal(structure)})`;
    await runIn(engine, session, create);
    await runIn(
      engine,
      session,
      `INSERT INTO ${identifier(name)} FROM INFILE ${literal(path)} FORMAT ${identifier(format)}`,
    );
  }
}

export async function dropTables(engine: Engine, session: ClientSession, tables: ExternalTable[]): Promise<void> {
  for (const { name } of tables) {
    await runIn(engine, session, `DROP TEMPORARY TABLE IF EXISTS ${identifier(name)}`).catch(() => {});
  }
}

const runIn = (engine: Engine, session: ClientSession, text: string) => engine.ask(text, session.number);

function numbered(types: string | null): string {
  if (!types) return '';
  let depth = 0;
  let index = 1;
  const parts = [...types].map((char) => {
    depth += char === '(' ? 1 : char === ')' ? -1 : 0;
    return char === ',' && depth === 0 ? `, _${++index} ` : char;
  });
  return `_1 ${parts.join('')}`;
}
