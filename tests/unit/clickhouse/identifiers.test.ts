import { expect, it } from 'vitest';
import { onCluster, quoteName, quoteTable } from '@/lib/clickhouse/identifiers';

it('a name of any characters stands in backticks and cannot end them', () => {
  expect(quoteName('all-sharded')).toBe('`all-sharded`');
  expect(quoteName('n.a')).toBe('`n.a`');
  expect(quoteName('a`; DROP TABLE b')).toBe('`a\\`; DROP TABLE b`');
  expect(quoteName('a\\')).toBe('`a\\\\`');
  expect(quoteTable({ database: 'prod-eu', table: 'größe' })).toBe('`prod-eu`.`größe`');
  expect(onCluster('prod-eu')).toBe(' ON CLUSTER `prod-eu`');
});

it.each([
  ['empty', ''],
  ['NUL', 'a\0b'],
  ['line feed', 'a\nb'],
  ['half a pair', 'a\ud800'],
  ['too long', 'ä'.repeat(128)],
])('what is no name is refused: %s', (_, name) => {
  expect(() => quoteName(name)).toThrow('is not a usable ClickHouse name');
});
