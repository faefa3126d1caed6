import fc from 'fast-check';
import type { z } from 'zod';
import { hostileTexts } from './hostile';

/** Texts of which each format that the project's schemas ask for accepts at least one. */
const plausibleTexts = [
  'alaska-air',
  'alaska_air',
  'b8a3ba5e-4a36-4a52-a1fc-3f41f3f3a0b5',
  '2026-02-10',
  '2026-02-11',
  '2026-02',
  '2026-02-10T14:30',
  '2026-02-10T00:00:00Z',
  'a'.repeat(64),
  `12:${'a'.repeat(64)}`,
  '18446744073709551615',
  'UTC',
  'America/Los_Angeles',
  'slc:b8a3ba5e/2026-02-10/1',
  'b8a3ba5e/2026-02-10/1',
  'mutation_12.txt',
  'delete-2026-02-10-0123456789',
  'http://127.0.0.1:3000',
  '7',
  'true',
  'wrongAgent',
  'ticket 12: wrong agent',
  '22:00',
  '06:00',
  'now',
];

/** What no caller of the console sends: other types, and texts that are no text. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...Object.values(hostileTexts)),
  fc.constantFrom<unknown>(
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    '',
    '\u2028',
    '2026-02-30',
    '0000-01-01',
    '9999-12-31',
    '-1',
    '1e309',
    '00000000-0000-0000-0000-000000000000',
  ),
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    -1,
    0.5,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    10n,
    new Date(Number.NaN),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom<unknown>(
    'x'.repeat(20_000),
    Array.from({ length: 1_000 }, () => 'x'),
    deep(300),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

function deep(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

type Def = {
  type: string;
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  element?: z.ZodType;
  in?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
  entries?: Record<string, string | number>;
  values?: unknown[];
};

const leaves: unknown[] = [...plausibleTexts, 0, 1, 7, 1_770_681_600_000, true, false, null, new Date(0)];

/**
 * Values of a schema's own shape, each leaf one that the leaf's schema takes. Rules over several fields are not known
 * here, so not every value is accepted.
 */
export function valuesOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const def = schema.def as Def;
  if (def.shape)
    return fc.record(Object.fromEntries(Object.entries(def.shape).map(([key, each]) => [key, valuesOf(each)])));
  if (def.type === 'array' && def.element) return fc.array(valuesOf(def.element), { minLength: 1, maxLength: 3 });
  if (def.type === 'record' && def.valueType) {
    const keys = plausibleTexts.filter((key) => schema.safeParse({}).success || key !== '');
    return fc.dictionary(fc.constantFrom(...keys, 'LABEL_X'), valuesOf(def.valueType), { maxKeys: 2 });
  }
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault' || def.type === 'catch')
    return fc.option(valuesOf(def.innerType as z.ZodType), { nil: undefined });
  if (def.type === 'nullable') return fc.option(valuesOf(def.innerType as z.ZodType), { nil: null });
  if (def.innerType) return valuesOf(def.innerType);
  if (def.type === 'pipe' && def.in) return valuesOf(def.in);
  if (def.options) return fc.oneof(...def.options.map(valuesOf));
  const known = def.entries ? Object.values(def.entries) : (def.values ?? leaves);
  const fit = known.filter((value) => schema.safeParse(value).success);
  return fit.length > 0 ? fc.constantFrom(...fit) : fc.constant(undefined);
}

const spoilings = ['replace', 'replace', 'replace', 'remove', 'add'] as const;

/** `value` with one part of it replaced by something hostile, removed, or with a field that nobody named. */
export function spoilt(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(value, fc.nat(), fc.constantFrom(...spoilings), hostile)
    .map(([whole, at, how, bad]) => spoil(whole, { at, how, bad }));
}

/** The part of the whole that `at` counts to, spoilt. A list has no fields, so it becomes longer instead. */
export function spoil(whole: unknown, by: { at: number; how: (typeof spoilings)[number]; bad: unknown }): unknown {
  const { at, how, bad } = by;
  const copy = structuredClone(whole);
  const places = placesIn(copy);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return bad;
  const { holder, key } = place;
  const put = (name: string) =>
    Object.defineProperty(holder, name, { value: bad, enumerable: true, configurable: true, writable: true });
  if (how === 'remove') Reflect.deleteProperty(holder, key);
  else if (how === 'replace') put(key);
  else if (Array.isArray(holder)) holder.push(bad);
  else put(typeof bad === 'string' ? bad.slice(0, 300) : 'unknown');
  return copy;
}

type Place = { holder: Record<string, unknown> | unknown[]; key: string };

function placesIn(value: unknown): Place[] {
  if (value === null || typeof value !== 'object' || value instanceof Date) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

export { hostile as hostileValues };
