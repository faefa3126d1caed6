import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { DetectionNames, SideNames } from './columns';
import { ConfirmScope, labelChunk, truthChunk, within } from './confirm';
import { candidateTable, inRange, labelRow, truthRow } from './read';

export const tieTable = 'slc_ties';

const same = 'HAVING count() > 1 AND min(cityHash64(g, u, hr, c, d, x)) != max(cityHash64(g, u, hr, c, d, x))';

/** Candidates with rows of one key and one version that say different things; only the engine's order decides these. */
export const createTies = statement({
  name: 'detection.ties',
  text: ({ keyColumns }: DetectionNames) => `
    CREATE TEMPORARY TABLE ${tieTable} ENGINE = Memory AS
    SELECT DISTINCT k
    FROM (
      SELECT k FROM ${candidateTable} WHERE NOT bitTest(x, 0) GROUP BY k, c, v ${same}
      UNION ALL
      SELECT k FROM ${candidateTable} WHERE bitTest(x, 0) GROUP BY ${['k', ...keyColumns, 'v'].join(', ')} ${same})`,
  params: z.object({}),
  row: z.never(),
});

export const countTies = statement({
  name: 'detection.count_ties',
  text: `SELECT count() AS ties FROM ${tieTable}`,
  params: z.object({}),
  row: z.object({ ties: z.coerce.number() }),
});

/** Where the tied rows lie: as a chunk reads them, or as the last look does. */
type Newest = { names: DetectionNames; reach: 'chunk' | 'all' | 'within' };

const reachOf = (side: SideNames, reach: Newest['reach']) =>
  reach === 'chunk'
    ? `AND ${inRange(side)} AND ({foreignLabels:UInt8} = 1 OR NOT (${side.foreign}))`
    : within(side, reach === 'within');

/**
 * Reads the tied conversations once more and adds of each key the row that FINAL keeps to the candidates, as a version
 * above all others. Costs a pass over the ids of what was read, and only where there is a tie.
 */
export const insertNewest = statement({
  name: 'detection.newest',
  text: ({ names, reach }: Newest) => {
    const { truth, labels, keyHash, keyColumns } = names;
    const columns = `k, g, u, hr, c, v, d, x${keyHash ? ', y' : ''}, n`;
    const newest = (side: SideNames, row: string, number: string, key: readonly string[]) => `
    SELECT ${columns.replace(' v,', ' v + 1 AS v,')}
    FROM (
      SELECT ${row}, ${reach === 'chunk' ? 'toUInt16(0)' : number} AS n, ${side.order} AS newest_last
      FROM ${side.table}
      WHERE ${side.id} IN (SELECT k FROM ${tieTable}) ${reachOf(side, reach)}
      ORDER BY newest_last DESC
      LIMIT 1 BY ${['k', ...key].join(', ')})`;
    return `
    INSERT INTO ${candidateTable} (${columns})
    ${newest(truth, truthRow(names), truthChunk(truth), ['c'])}
    UNION ALL
    ${newest(labels, labelRow(names), labelChunk(labels), keyColumns)}`;
  },
  params: ConfirmScope,
  row: z.never(),
});
