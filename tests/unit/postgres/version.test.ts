import { expect, it } from 'vitest';
import { requireVersion } from '@/lib/postgres/migrate';

it.each([130_000, 150_013, 180_004])('Postgres %i is new enough', (version) => {
  expect(() => requireVersion(version)).not.toThrow();
});

it.each([90_624, 120_022])('Postgres %i is refused in a sentence before a migration begins', (version) => {
  expect(() => requireVersion(version)).toThrow(/needs Postgres 13 or later; this server is Postgres (9|12)\. Nothing/);
});
