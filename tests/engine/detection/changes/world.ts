import { dayStartMs } from '@/lib/days';
import type { LabelKey } from '@/lib/embedded/demo/sql/tables';
import type { TestContext } from '@/tests/support/context';
import type { Row } from '../oracle';
import { writeRows } from '../tables';
import type { Random } from './random';

export type World = {
  ctx: TestContext;
  random: Random;
  database: string;
  labelKey: LabelKey;
  timeZone: string;
  /** The range that is watched, without `toDay`. */
  fromDay: string;
  toDay: string;
  /** Moves the clock of the context. */
  clock: { nowMs: number };
  done: string[];
};

type Side = 'truth' | 'labels';
const sides: readonly Side[] = ['truth', 'labels'];
const tableOf = (side: Side) => (side === 'truth' ? 'conversation' : 'conversation_with_labels');
const dayMs = 86_400_000;

async function run(world: World, query: string): Promise<void> {
  world.done.push(query);
  await world.ctx.admin.client.command({
    query,
    clickhouse_settings: { mutations_sync: '2', lightweight_deletes_sync: '2', wait_end_of_query: 1 },
  });
}

async function ask<T>(world: World, query: string): Promise<T[]> {
  const answer = await world.ctx.admin.client.query({ query, format: 'JSONEachRow' });
  return answer.json<T>();
}

/** Where a conversation starts by itself; in one of three months, hardly ever outside of the range. */
function startOf(world: World, id: number): number {
  const from = dayStartMs(world.fromDay, world.timeZone);
  const days = (dayStartMs(world.toDay, world.timeZone) - from) / dayMs;
  return from + Math.floor((((id * 37) % 97) / 97) * (days + 3) - 1.5) * dayMs + ((id * 7_919) % 1_440) * 60_000;
}

function rowOf(world: World, side: Side): Row {
  const { random, clock } = world;
  const id = random.between(0, 60);
  let startMs = startOf(world, id);
  if (random.chance(0.15)) startMs += random.between(-3, 3) * dayMs + random.between(-2, 2) * 3_600_000;
  if (random.chance(0.05)) startMs -= 40 * dayMs;
  const isRecent = random.chance(0.2);
  const open = random.chance(0.1);
  return {
    id: `conversation-${id}`,
    customer: side === 'labels' && random.chance(0.05) ? 'somebody-else' : 'acme',
    profile: random.chance(0.15) ? 'p2' : 'p1',
    agent: random.of(side === 'truth' ? [null, 'ann', 'ann', 'bob'] : ['', 'ann', 'ann', 'bob']),
    useCase: random.of(['u', 'u', 'v']),
    startMs,
    endMs: open ? 0 : random.chance(0.05) ? clock.nowMs + random.between(-3, 4) * 3_600_000 : startMs + 60_000,
    versionMs: isRecent ? clock.nowMs - random.between(-1, 150) * 60_000 : startMs + random.between(0, 5) * 3_600_000,
  };
}

async function insert(world: World): Promise<void> {
  const side = world.random.of(sides);
  const rows = Array.from({ length: world.random.of([1, 1, 2, 5, 20]) }, () => rowOf(world, side));
  // Half of the labels say what a truth of the same insert says, so that days are not wrong altogether.
  world.done.push(`insert ${rows.length} into ${side}: ${JSON.stringify(rows)}`);
  await writeRows(world.ctx.admin, world.database, side, rows);
  if (world.random.chance(0.4))
    await writeRows(world.ctx.admin, world.database, side === 'truth' ? 'labels' : 'truth', rows);
}

const parts = (world: World, side: Side) =>
  ask<{ name: string; partition_id: string }>(
    world,
    `SELECT name, partition_id FROM system.parts
     WHERE database = '${world.database}' AND table = '${tableOf(side)}' AND active ORDER BY name`,
  );

type Step = (world: World, side: Side, table: string) => Promise<void>;

/** A step that needs a part or a partition of the side, and is nothing where there is none. */
const onPart =
  (statement: (table: string, part: { name: string; partition_id: string }) => string): Step =>
  async (world, side, table) => {
    const found = await parts(world, side);
    if (found.length > 0) await run(world, `ALTER TABLE ${table} ${statement(table, world.random.of(found))}`);
  };

const someIds = (world: World) =>
  `'conversation-${world.random.between(0, 60)}', 'conversation-${world.random.between(0, 60)}'`;

const attachAll: Step = async (world, side, table) => {
  const found = await ask<{ name: string }>(
    world,
    `SELECT name FROM system.detached_parts
     WHERE database = '${world.database}' AND table = '${tableOf(side)}' AND ifNull(reason, '') = '' ORDER BY name`,
  );
  if (found.length > 0) await run(world, `ALTER TABLE ${table} ATTACH PART '${world.random.of(found).name}'`);
};

/** Rows that are in no other partition come from a table beside. */
const fromBeside =
  (verb: 'REPLACE' | 'ATTACH'): Step =>
  async (world, side, table) => {
    const beside = `${table}_beside`;
    await run(world, `CREATE TABLE IF NOT EXISTS ${beside} AS ${table}`);
    await run(world, `TRUNCATE TABLE ${beside}`);
    const found = await parts(world, side);
    if (found.length === 0) return;
    const { partition_id } = world.random.of(found);
    const which = `_partition_id = '${partition_id}' AND cityHash64(conversation_id) % 3 != ${world.random.between(0, 2)}`;
    await run(world, `INSERT INTO ${beside} SELECT * FROM ${table} WHERE ${which}`);
    // Without rows beside, the engine refuses to replace.
    const copied = await ask(world, `SELECT 1 FROM ${beside} LIMIT 1`);
    if (copied.length > 0)
      await run(world, `ALTER TABLE ${table} ${verb} PARTITION ID '${partition_id}' FROM ${beside}`);
  };

const steps: readonly [weight: number, Step][] = [
  [30, (world) => insert(world)],
  [6, (world, _side, table) => run(world, `OPTIMIZE TABLE ${table} FINAL`)],
  [3, (world, _side, table) => run(world, `OPTIMIZE TABLE ${table}`)],
  [
    3,
    (world, _side, table) =>
      run(world, `ALTER TABLE ${table} UPDATE usecase_id = 'w' WHERE conversation_id IN (${someIds(world)})`),
  ],
  [3, (world, _side, table) => run(world, `ALTER TABLE ${table} DELETE WHERE conversation_id IN (${someIds(world)})`)],
  [2, (world, _side, table) => run(world, `ALTER TABLE ${table} DELETE WHERE conversation_id = 'nobody'`)],
  [3, (world, _side, table) => run(world, `DELETE FROM ${table} WHERE conversation_id IN (${someIds(world)})`)],
  [2, onPart((_, { partition_id }) => `DROP PARTITION ID '${partition_id}'`)],
  [2, onPart((_, { partition_id }) => `DETACH PARTITION ID '${partition_id}'`)],
  [2, onPart((_, { name }) => `DROP PART '${name}'`)],
  [2, onPart((_, { name }) => `DETACH PART '${name}'`)],
  [3, attachAll],
  [1, fromBeside('REPLACE')],
  [1, fromBeside('ATTACH')],
  [1, (world, _side, table) => run(world, `TRUNCATE TABLE ${table}`)],
  [
    8,
    async (world) => {
      const byMs = world.random.of([1, 60_000, 600_000, 3_600_000, 7_200_000, 7_200_001, 10_800_000]);
      world.clock.nowMs += byMs;
      world.done.push(`the clock moves by ${byMs} ms`);
    },
  ],
];

/** One random change of the tables, or of the time. */
export async function change(world: World): Promise<void> {
  const step = world.random.of(steps.flatMap(([weight, one]) => Array.from({ length: weight }, () => one)));
  const side = world.random.of(sides);
  await step(world, side, `${world.database}.${tableOf(side)}`);
}

/** Both tables, and what was detached from them, without rows. */
export async function emptyWorld(world: World): Promise<void> {
  for (const side of sides) {
    const table = `${world.database}.${tableOf(side)}`;
    await run(world, `TRUNCATE TABLE ${table}`);
    const detached = await ask<{ name: string }>(
      world,
      `SELECT name FROM system.detached_parts WHERE database = '${world.database}' AND table = '${tableOf(side)}'`,
    );
    for (const { name } of detached)
      await run(world, `ALTER TABLE ${table} DROP DETACHED PART '${name}' SETTINGS allow_drop_detached = 1`);
  }
  world.done.length = 0;
}
