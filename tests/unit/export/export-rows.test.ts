import { describe, expect, it } from 'vitest';
import { fileResponse } from '@/lib/edge/file-response';
import { exportRows } from '@/lib/export/export-rows';

type Row = { id: string; size: number | null };
const columns = { id: (row: Row) => row.id, size: (row: Row) => row.size };
const textOf = async (texts: AsyncIterable<string>) => {
  let text = '';
  for await (const part of texts) text += part;
  return text;
};
async function* of(...batches: Row[][]) {
  yield* batches;
}

describe('a list as a file', () => {
  it('ends with a line that says so, also where it is empty or lacks something', async () => {
    expect(await textOf(exportRows('csv', columns, of()))).toBe('id,size\n# end of export: 0 rows,\n');
    const file = exportRows('jsonl', columns, of([{ id: 'a', size: 1 }], [{ id: 'b', size: null }]), {
      ending: () => 'one day',
    });
    expect(await textOf(file)).toBe(
      '{"id":"a","size":1}\n{"id":"b","size":null}\n{"endOfExport":true,"rows":2,"lacks":"one day"}\n',
    );
  });

  it('runs nothing in a spreadsheet, whatever its cells begin with', async () => {
    for (const first of ['=', '+', '-', '@', '\t', '\r']) {
      const text = await textOf(exportRows('csv', columns, of([{ id: `${first}cmd|' /C calc'!A0`, size: 1 }])));
      expect(text.split('id,size\n')[1]?.replace(/^"/, '')).toMatch(/^'/);
    }
  });

  it('that breaks has no last line, and its connection ends with an error', async () => {
    async function* broken() {
      yield Array.from({ length: 5_000 }, (_, at) => ({ id: `conversation ${at}`, size: at }));
      throw new Error('the engine went away');
    }
    const response = await fileResponse({ name: 'a b"c', format: 'csv' }, exportRows('csv', columns, broken()));
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="a-b-c.csv"');
    let text = '';
    const reading = (async () => {
      for await (const part of response.body ?? []) text += new TextDecoder().decode(part);
    })();
    await expect(reading).rejects.toThrow('the engine went away');
    expect(text).toContain('conversation 0,0');
    expect(text).not.toContain('end of export');
  });

  it('that fails before its first row is an ordinary failure', async () => {
    // biome-ignore lint/correctness/useYield: it fails before.
    async function* none(): AsyncGenerator<Row[]> {
      throw new Error('no such customer');
    }
    await expect(fileResponse({ name: 'x', format: 'csv' }, exportRows('csv', columns, none()))).rejects.toThrow(
      'no such customer',
    );
  });
});
