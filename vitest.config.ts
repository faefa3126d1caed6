import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/support/longest-first.mjs';

const resolve = { alias: { '@': import.meta.dirname } };

// On CI a test of real engines has a second attempt; the summary names each that needed it.
const retry = process.env.CI ? 1 : 0;

/** What is about the embedded ClickHouse itself says nothing of a server that is given. */
const embeddedTests = [
  'tests/engine/embedded/clickhouse/{blocks,durability,errors,native,protocol,python,rights}.test.ts',
  'tests/engine/clickhouse/{client,silence}.test.ts',
];

export default defineConfig({
  resolve,
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { resolve, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      {
        resolve,
        test: {
          name: 'engine',
          retry,
          include: ['tests/engine/**/*.test.ts'],
          exclude: process.env.TEST_CLICKHOUSE_URL ? embeddedTests : [],
          globalSetup: ['tests/support/engines.ts'],
          setupFiles: ['tests/support/drop-databases.ts'],
          pool: 'forks',
          maxWorkers: 2,
          // Each concurrent kill test runs its own workers and Jobs.
          maxConcurrency: 3,
          testTimeout: 300_000,
          hookTimeout: 240_000,
        },
      },
      {
        resolve,
        test: {
          name: 'cluster',
          retry,
          include: ['tests/cluster/**/*.test.ts'],
          pool: 'forks',
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
      {
        resolve,
        test: {
          name: 'stack',
          retry,
          include: ['tests/stack/**/*.test.ts'],
          pool: 'forks',
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
