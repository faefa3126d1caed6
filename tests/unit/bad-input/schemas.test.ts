import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput, strictly } from '@/lib/edge/parse-input';
import { AppError } from '@/lib/errors';
import { isStorable } from '@/lib/text';
import { hostileValues, spoil, spoilt, valuesOf } from '@/tests/support/schema-values';

/** Every exported schema: what pages, commands, queues, Jobs, engines and files hand in. */
const files = ['lib', 'app']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`))
  .filter((path) => path.endsWith('.ts') && /^export const [A-Z]\w* =/m.test(readFileSync(path, 'utf8')))
  .sort();
const modules = await Promise.all(
  files.map(async (path) => [path, (await import(resolve(path))) as Record<string, unknown>] as const),
);
const schemas = modules.flatMap(([path, exported]) =>
  Object.entries(exported).flatMap(([name, value]): [string, z.ZodType][] =>
    value instanceof z.ZodType ? [[`${path} ${name}`, value]] : [],
  ),
);

/** Fields whose own rules, or rules over several fields, leave a value of the schema's shape no chance. */
const day = { fromMs: Date.UTC(2026, 1, 10), toMs: Date.UTC(2026, 1, 11), fromDay: '2026-02-10', toDay: '2026-02-11' };
const scope = { customerId: 'alaska-air', profiles: ['p'], database: 'd', timeZone: 'UTC', ...day };
const flags = { SLC_PRODUCTION: 'false', SLC_TOKEN_REQUIRED: 'false', SLC_LABELER_RANGE_END_INCLUSIVE: 'true' };
const together: Record<string, object> = {
  'lib/label-store/model.ts JobOrder': { scope },
  'lib/config-environment.ts Environment': { ...flags, SLC_OIDC_ROLES: '{"viewer":["support"]}' },
};

const strings = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, each]) => [key, ...strings(each)])
      : [];

it('the schemas are found', () => {
  expect(schemas.length).toBeGreaterThan(45);
});

it('spoils a list by what is the name of a list’s own field, which failed one run in many', () => {
  expect(spoil({ confirmed: ['chats'] }, { at: 1, how: 'add', bad: 'length' })).toEqual({
    confirmed: ['chats', 'length'],
  });
  const named = spoil({ a: 1 }, { at: 0, how: 'add', bad: '__proto__' });
  expect(Object.keys(Object(named))).toEqual(['a', '__proto__']);
});

describe.each(schemas)('%s', { timeout: 60_000 }, (name, schema) => {
  const good = valuesOf(schema).map((value) => ({ ...Object(value), ...together[name] }) as unknown);
  const shaped = schema.def.type === 'object' ? good : valuesOf(schema);

  it('accepts what it is for', () => {
    const accepted = fc.sample(shaped, 200).filter((value) => schema.safeParse(value).success);
    expect(
      accepted.length,
      'no value of its own shape was accepted: see tests/support/schema-values.ts',
    ).toBeGreaterThan(0);
  });

  it('answers anything else with one sentence, and passes on no text that cannot be stored', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 4, arbitrary: spoilt(shaped) }, { weight: 1, arbitrary: hostileValues }),
        (input) => {
          try {
            const output = parseInput(schema, input);
            expect(strings(output).filter((text) => !isStorable(text))).toEqual([]);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            expect(error.code).toBe('invalid_input');
            expect(error.message).toMatch(/^\p{Lu}\P{Cc}+$/u);
            expect(error.message.length).toBeLessThan(700);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  if (schema instanceof z.ZodObject)
    it('refuses a field that it does not name, as a command', () => {
      const strict = strictly(schema);
      for (const value of fc.sample(shaped, 20)) {
        const extra = { ...Object(value), somethingElse: 1 };
        expect(strict.safeParse(extra).success).toBe(false);
      }
    });
});
