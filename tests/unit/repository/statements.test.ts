import { expect, test } from 'vitest';

const modules = import.meta.glob<Record<string, unknown>>('/lib/**/sql{.ts,/**/*.ts}', { eager: true });

const isStatement = (value: unknown): value is { name: string } =>
  typeof value === 'object' && value !== null && 'name' in value && 'text' in value && 'row' in value;

const names = Object.values(modules)
  .flatMap((module) => Object.values(module))
  .filter(isStatement)
  .map(({ name }) => name);

test('every statement has a name of its own, in one spelling', () => {
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter((name) => !/^[a-z_]+\.[a-z0-9_]+$/.test(name))).toEqual([]);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
