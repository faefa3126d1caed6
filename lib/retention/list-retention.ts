import type { Context } from '@/lib/context';
import { keptFor, variableOf } from './keep';
import type { RetentionView } from './model';
import { keptTables } from './sql/kept-tables';
import { consoleTables, selectRounds, selectSizes } from './sql/rounds';
import { retentionRules } from './sql/rules';

/** Every rule with its last round, and every table with its size; tables without a rule say why they have none. */
export async function listRetention({ config, db }: Pick<Context, 'config' | 'db'>): Promise<RetentionView> {
  const [rounds, sizes] = await Promise.all([db.query(selectRounds), db.query(selectSizes, { tables: consoleTables })]);
  const roundOf = new Map(rounds.map((round) => [round.name, round]));
  return {
    rules: retentionRules.map((rule) => {
      const round = roundOf.get(rule.name);
      return {
        name: rule.name,
        table: rule.table,
        what: rule.what,
        stays: rule.stays,
        kept: keptFor(config, rule),
        variable: variableOf(rule),
        ranAtMs: round?.ranAtMs ?? null,
        removed: round?.removed ?? 0,
        removedTotal: round?.removedTotal ?? 0,
        more: round?.more ?? false,
      };
    }),
    tables: sizes
      .map((size) => ({ ...size, keptBecause: keptTables[size.table] ?? null }))
      .toSorted((a, b) => b.bytes - a.bytes),
  };
}
