import type { ClickHouse } from '@/lib/clickhouse/client';
import type { DetectionSession } from './session';
import type { DetectionColumns } from './sql/columns';
import { packHashes } from './sql/packed';
import { selectNames } from './sql/survey';

/** What agents and use cases are called, by hash. */
type Names = { agents: Map<string, string>; useCases: Map<string, string> };

const namesMax = 200_000;
const known = new WeakMap<ClickHouse['client'], Map<string, Names>>();

/** The names that this process has seen in one customer's tables. */
export function knownNames(clickhouse: ClickHouse, customerId: string): Names {
  const all = known.get(clickhouse.client) ?? new Map<string, Names>();
  known.set(clickhouse.client, all);
  const found = all.get(customerId);
  if (found && found.agents.size + found.useCases.size <= namesMax) return found;
  const fresh = { agents: new Map(), useCases: new Map() };
  all.set(customerId, fresh);
  return fresh;
}

/**
 * Finds the names of the hashes that are not known yet: in the truth, then in the labels. Reads one column of the range
 * where something is unknown, and nothing otherwise.
 */
export async function resolveNames(
  session: DetectionSession,
  options: { columns: DetectionColumns; into: Names; fromMs: number; toMs: number },
  wanted: { agents: Iterable<string>; useCases: Iterable<string> },
): Promise<void> {
  const { columns, into, fromMs, toMs } = options;
  for (const [column, hashes, found] of [
    ['agent', wanted.agents, into.agents],
    ['useCase', wanted.useCases, into.useCases],
  ] as const)
    for (const side of [columns.truth, columns.labels]) {
      const unknown = [...hashes].filter((hash) => !found.has(hash));
      for (const packed of packHashes(unknown.map(BigInt))) {
        const rows = await session.read(selectNames, { fromMs, toMs, hashes: packed }, { side, column });
        for (const row of rows) found.set(row.hash, row.name);
      }
    }
}
