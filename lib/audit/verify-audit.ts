import type { z } from 'zod';
import type { Db } from '@/lib/postgres/client';
import { auditRights } from './audit-rights';
import { type CanonicalRow, firstHash, hashOf } from './canonical';
import type { AuditCheck, AuditFinding, AuditHead, HeadText } from './model';
import { selectChain, selectHead, selectUnannounced, selectUnchained } from './sql';

const batchRows = 2_000;
const findingsMax = 100;

/**
 * Checks every row against its hash, its predecessor and the head, in one pass with constant memory. Rows that are
 * added meanwhile are checked too. Changes that were made past the console are named. `kept` is a head that was noted
 * earlier: with it, rows that were cut off the end and a rewritten chain are found as well, and only later changes are
 * named.
 */
export async function verifyAudit({ db }: { db: Db }, kept?: AuditHead): Promise<AuditCheck> {
  const findings: AuditFinding[] = [];
  let findingsTotal = 0;
  const tell = (finding: AuditFinding) => {
    findingsTotal += 1;
    if (findings.length < findingsMax) findings.push(finding);
  };
  const before = await readHead(db);
  let last: AuditHead = { seq: 0, hash: firstHash };
  let lastAltered = false;
  let rows = 0;
  const checkpoints = new Map([[before.seq, before]]);
  if (kept) checkpoints.set(kept.seq, kept);
  for (;;) {
    const batch = await db.query(selectChain, { afterSeq: last.seq, rowsMax: batchRows });
    for (const row of batch) {
      rows += 1;
      const seq = Number(row.seq);
      const gap = seq - last.seq - 1;
      if (gap > 0) tell(removed(last.seq + 1, seq - 1, `The next row is ${nameOf(row)}.`));
      const altered = hashOf(row) !== row.hash;
      if (altered)
        tell({ kind: 'altered', seq, id: Number(row.id), sentence: `${nameOf(row)} is not as it was written.` });
      else if (gap === 0 && !lastAltered && row.previous_hash !== last.hash) {
        const sentence = `Row ${last.seq} was replaced by another row with another hash: ${nameOf(row)}, which follows it, holds the hash of the original.`;
        tell({ kind: 'replaced', seq: last.seq, id: null, sentence });
      }
      const known = checkpoints.get(seq);
      if (known && known.hash !== row.hash) tell(headDiffers(known, kept === known, nameOf(row)));
      last = { seq, hash: row.hash ?? '' };
      lastAltered = altered;
    }
    if (batch.length < batchRows) break;
  }
  for (const row of await db.query(selectUnchained, { rowsMax: findingsMax })) {
    const sentence = `Row with id ${row.id} (${row.actor}, ${row.action}, ${row.at.toISOString()}) is outside the chain: no transaction of the console added it.`;
    tell({ kind: 'outside', seq: null, id: row.id, sentence });
  }
  for (const row of await db.query(selectUnannounced, { afterSeq: kept?.seq ?? 0, rowsMax: findingsMax })) {
    const sentence = `Row ${row.seq} (id ${row.id}, ${row.at.toISOString()}): the role ${row.actor} changed ${row.subject} past the console (${row.action}).`;
    tell({ kind: 'unannounced', seq: row.seq, id: row.id, sentence });
  }
  const head = await readHead(db);
  const upTo = Math.max(before.seq, kept?.seq ?? 0);
  if (last.seq < upTo) tell(removed(last.seq + 1, upTo, 'They are the newest ones.'));
  if (last.seq > head.seq)
    tell(headDiffers(head, false, `row ${last.seq}, which no transaction of the console added,`));
  return { rows, head: last, findings, findingsTotal, rights: await auditRights({ db }) };
}

/** The head that a `HeadText` names. */
export function headOf(text: z.output<typeof HeadText>): AuditHead {
  const [seq = '', hash = ''] = text.split(':');
  return { seq: Number(seq), hash };
}

async function readHead(db: Db): Promise<AuditHead> {
  const [head] = await db.query(selectHead);
  return head ?? { seq: 0, hash: firstHash };
}

const nameOf = (row: CanonicalRow) =>
  `row ${row.seq} (id ${row.id}, ${row.at}, ${row.actor}, ${row.action}${row.customer_id === null ? '' : `, ${row.customer_id}`})`;

const removed = (from: number, to: number, more: string): AuditFinding => ({
  kind: 'removed',
  seq: from,
  id: null,
  sentence: `${from === to ? `Row ${from} is` : `Rows ${from} to ${to} are`} gone. ${more}`,
});

const headDiffers = (head: AuditHead, kept: boolean, row: string): AuditFinding => ({
  kind: 'head',
  seq: head.seq,
  id: null,
  sentence: `${kept ? 'The head that was kept' : 'The head in the database'} does not agree with ${row}: the chain was rewritten.`,
});
