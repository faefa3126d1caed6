import { describe, expect, it } from 'vitest';
import { comparePartsOf, type GonePart, type Part } from '@/lib/detection/changes/parts-model';

const at = 1_000;
const part = (name: string, more: Partial<Part> = {}): Part => {
  const [partition = '', min, max, , mutation] = name.split('_');
  const version = Number(mutation ?? min);
  const blocks = { min: Number(min), max: Number(max), version };
  return {
    side: 'labels',
    host: 'a',
    partition,
    name,
    ...blocks,
    rows: 10,
    hash: name,
    writtenAt: at,
    times: null,
    ...more,
  };
};
const gone = (name: string, more: Partial<Part> = {}): GonePart => ({ ...part(name, more), goneAt: at });
const compare = (before: Part[], parts: Part[], replaced: GonePart[] = []) =>
  comparePartsOf(before, { parts, gone: replaced, nowAt: at + 60 });
const nothing = { lost: null, fresh: [], merged: [] };

describe('what is new in the parts of a table', () => {
  it('is nothing where they are the same', () => {
    expect(compare([part('f_1_1_0')], [part('f_1_1_0')])).toEqual(nothing);
  });

  it('is nothing after a merge of what was seen, also where its blocks have holes', () => {
    const before = [part('f_1_1_0'), part('f_3_3_0')];
    expect(compare(before, [part('f_1_3_1', { rows: 15 })], [gone('f_1_1_0'), gone('f_3_3_0')])).toEqual(nothing);
  });

  it('is nothing after a merge that had to wait before it replaced what it joined', () => {
    const replaced = ['f_1_1_0', 'f_2_2_0'].map((name) => ({ ...gone(name), goneAt: at + 50 }));
    expect(compare([part('f_1_1_0'), part('f_2_2_0')], [part('f_1_2_1', { rows: 20 })], replaced)).toEqual(nothing);
  });

  it('is nothing after a mutation that touched no row: the files are the same', () => {
    expect(compare([part('f_1_1_0')], [part('f_1_1_0_9', { hash: 'f_1_1_0' })])).toEqual(nothing);
  });

  it('are the rows of a part with new blocks', () => {
    const added = part('f_2_2_0');
    expect(compare([part('f_1_1_0')], [part('f_1_1_0'), added])).toMatchObject({ lost: null, fresh: [added] });
  });

  it('are the rows of a merge with a part that was never seen', () => {
    const merged = part('f_1_2_1');
    const replaced = [gone('f_1_1_0'), gone('f_2_2_0')];
    expect(compare([part('f_1_1_0')], [merged], replaced)).toMatchObject({ lost: null, fresh: [merged] });
  });

  it('may be rows that replaced others, which were in the parts that were merged away', () => {
    const seen = part('f_1_1_0');
    const replaced = [gone('f_1_1_0'), gone('f_2_2_0')];
    const mergedTo = (rows: number) => compare([seen], [part('f_1_2_1', { rows })], replaced);
    expect(mergedTo(20)).toMatchObject({ merged: [] });
    expect(mergedTo(19)).toMatchObject({ merged: [seen, gone('f_2_2_0')] });
  });

  it('are the rows of a merge that came from another replica, with a part that was never here', () => {
    const on = (host: string, names: string[]) => names.map((name) => part(name, { host }));
    const before = [...on('a', ['f_1_1_0', 'f_2_2_0', 'f_3_3_0']), ...on('b', ['f_1_1_0', 'f_2_2_0'])];
    const sources = [gone('f_1_1_0'), gone('f_2_2_0'), gone('f_3_3_0')];
    const replaced = [...sources, ...sources.slice(0, 2).map((one) => ({ ...one, host: 'b' }))];
    const [there, here] = [part('f_1_3_1'), part('f_1_3_1', { host: 'b' })];
    expect(compare(before, [there, here], replaced)).toMatchObject({ lost: null, fresh: [here] });
  });

  it('are no rows of another shard, which numbers its blocks for itself', () => {
    const other = ['f_1_1_0', 'f_2_2_0', 'f_3_3_0'].map((name) => part(name, { host: 'b', hash: `other ${name}` }));
    const before = [part('f_1_1_0'), part('f_3_3_0'), ...other];
    expect(compare(before, [part('f_1_3_1'), ...other], [gone('f_1_1_0'), gone('f_3_3_0')])).toEqual(nothing);
  });

  it('are rows of the same name on another host, or of the other side', () => {
    const [host, side] = [part('f_1_1_0', { host: 'b' }), part('f_1_1_0', { side: 'truth' })];
    const before = [part('f_1_1_0')];
    expect(compare(before, [...before, host, side])).toMatchObject({ lost: null, fresh: [host, side] });
  });
});

describe('what parts cannot show is lost', () => {
  it.each<[string, Part[], Part[], GonePart[]]>([
    ['a part that was dropped', [part('f_1_1_0'), part('f_2_2_0')], [part('f_1_1_0')], []],
    ['a part that an empty one covers', [part('f_1_1_0')], [part('f_1_1_1', { rows: 0 })], []],
    [
      'a merge over a part that was dropped before',
      [part('f_1_1_0'), part('f_2_2_0'), part('f_3_3_0')],
      [part('f_1_3_1')],
      [gone('f_1_1_0'), gone('f_3_3_0')],
    ],
    ['a merge of which the parts are not listed any more', [part('f_1_1_0'), part('f_2_2_0')], [part('f_1_2_1')], []],
    ['a mutation that changed rows', [part('f_1_1_0')], [part('f_1_1_0_9', { hash: 'other' })], [gone('f_1_1_0')]],
    [
      'a merge after a mutation',
      [part('f_1_1_0'), part('f_2_2_0')],
      [part('f_1_2_1_9')],
      [gone('f_1_1_0'), gone('f_2_2_0')],
    ],
    [
      'a merge over a merge that was dropped',
      [part('f_1_1_0'), part('f_2_2_0'), part('f_3_3_0')],
      [part('f_1_3_1', { writtenAt: at + 60 })],
      [{ ...gone('f_1_1_0'), goneAt: at + 60 }, gone('f_2_2_0'), { ...gone('f_3_3_0'), goneAt: at + 60 }],
    ],
    [
      'a merge of parts that have the names of others',
      [part('f_1_1_0'), part('f_2_2_0')],
      [part('f_1_2_1')],
      [gone('f_1_1_0', { hash: 'after a restart' }), gone('f_2_2_0')],
    ],
    ['a detached partition that was attached again', [part('f_1_1_0')], [part('f_7_7_0')], []],
  ])('%s', (_, before, parts, replaced) => {
    expect(compare(before, parts, replaced).lost).toEqual(expect.any(String));
  });

  it('a merge, or one that it joined, of so long ago that not all that it replaced need be listed', () => {
    const before = [part('f_1_1_0'), part('f_2_2_0')];
    const replaced = [gone('f_1_1_0'), gone('f_2_2_0')];
    const comparedAt = (nowAt: number) => comparePartsOf(before, { parts: [part('f_1_2_1')], gone: replaced, nowAt });
    expect(comparedAt(at + 420).lost).toBe(null);
    expect(comparedAt(at + 421).lost).toEqual(expect.any(String));
    const late = { goneAt: at + 400 };
    const joined = [...replaced, { ...gone('f_1_2_1'), ...late }, { ...gone('f_3_3_0'), ...late }];
    const parts = [part('f_1_3_2', { writtenAt: at + 400 })];
    expect(comparePartsOf(before, { parts, gone: joined, nowAt: at + 420 }).lost).toBe(null);
    expect(comparePartsOf(before, { parts, gone: joined, nowAt: at + 430 }).lost).toEqual(expect.any(String));
  });

  it('a part that came while a scan read, once it is not there any more', () => {
    const [first, came] = [part('f_1_1_0'), part('f_2_2_0')];
    const since = (parts: Part[], replaced: GonePart[] = []) =>
      comparePartsOf([first], { parts, gone: replaced, nowAt: at }, [came]);
    const merged = part('f_1_2_1');
    expect(since([first]).lost).toEqual(expect.any(String));
    expect(since([first, came])).toMatchObject({ lost: null, fresh: [came] });
    expect(since([merged], [gone('f_1_1_0'), gone('f_2_2_0')])).toMatchObject({ lost: null, fresh: [merged] });
    expect(since([merged], [gone('f_1_1_0')]).lost).toEqual(expect.any(String));
    expect(since([first, part('f_2_2_0_9', { hash: 'other' })], [gone('f_2_2_0')]).lost).toEqual(expect.any(String));
  });

  it('a patch, also one that was applied and is gone', () => {
    const patch = 'patch-1-f_2_2_0';
    expect(compare([], [part(patch)]).lost).toEqual(expect.any(String));
    expect(compare([], [], [gone(patch)]).lost).toEqual(expect.any(String));
    expect(compare([part(patch)], [part(patch)])).toEqual(nothing);
  });
});
