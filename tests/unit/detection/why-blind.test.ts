import { expect, it } from 'vitest';
import type { ClickHouse } from '@/lib/clickhouse/client';
import type { CustomerTables } from '@/lib/customers/model';
import { whyBlind } from '@/lib/detection/changes/why-blind';

const sideOf = (name: string) => ({
  local: { database: 'acme', table: name },
  distributed: { database: 'acme', table: `${name}_d` },
  columns: { conversation_id: 'String', agent_user_id: 'String', updated_at: 'DateTime64(3)' },
  versionColumn: 'updated_at',
  key: ['conversation_id'],
});
const [truth, labels] = [sideOf('conversation'), sideOf('conversation_with_labels')];
const tables = { truth, labels } as unknown as CustomerTables;

type Facts = { engineOf?: (name: string) => string; columns?: object[] };
const distributed = (cluster: string) => (name: string) =>
  name.endsWith('_d') ? `Distributed('${cluster}', 'acme', '${name.slice(0, -2)}', rand())` : 'ReplacingMergeTree';

/** What a server says of these tables, as `system.tables` and `system.columns` have it. */
function serverWith({ engineOf = distributed('prod'), columns = [] }: Facts): ClickHouse {
  const named = [truth.local, truth.distributed, labels.local, labels.distributed];
  const definitions = named.map(({ database, table }) => ({
    database,
    table,
    text: `CREATE TABLE ${database}.${table} (\`conversation_id\` String) ENGINE = ${engineOf(table)}`,
  }));
  const read = async ({ name }: { name: string }) => ({ rows: name === 'changes.definitions' ? definitions : columns });
  return { read } as unknown as ClickHouse;
}
const blind = (facts: Facts) => whyBlind({ clickhouse: serverWith(facts) }, tables);
const column = (name: string, more: object) => ({ ...labels.local, name, kind: '', expression: '', ...more });

it('changes of two tables on one cluster, or of plain tables, are to be seen', async () => {
  expect(await blind({})).toBeNull();
  expect(await blind({ engineOf: () => 'ReplacingMergeTree' })).toBeNull();
});

it('changes are not to be seen where the tables are on two clusters, of which only one is looked at', async () => {
  const engineOf = (name: string) => distributed(name.startsWith('conversation_with') ? 'labels' : 'truth')(name);
  expect(await blind({ engineOf })).toBe('its two tables are on different clusters');
  const onePlain = (name: string) => (name === 'conversation_d' ? 'ReplacingMergeTree' : distributed('prod')(name));
  expect(await blind({ engineOf: onePlain })).toBe('its two tables are on different clusters');
});

it('changes are not to be seen where rows go by a TTL, or a column changes by itself', async () => {
  const engineOf = (name: string) => `${distributed('prod')(name)} TTL updated_at + INTERVAL 1 YEAR`;
  expect(await blind({ engineOf })).toBe('its tables drop rows by a TTL');
  const changing = column('agent_user_id', { kind: 'ALIAS', expression: "dictGet('agents', 'id', conversation_id)" });
  expect(await blind({ columns: [changing] })).toBe('the values of its column agent_user_id change by themselves');
  expect(await blind({ columns: [column('agent_user_id', { kind: 'DEFAULT', expression: "''" })] })).toBeNull();
});
