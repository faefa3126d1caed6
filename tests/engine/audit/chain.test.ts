import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf } from '@/lib/audit/canonical';
import type { AuditHead } from '@/lib/audit/model';
import { type AuditRecord, recordAudit } from '@/lib/audit/record-audit';
import { selectChain } from '@/lib/audit/sql';
import { verifyAudit } from '@/lib/audit/verify-audit';
import type { Actor } from '@/lib/auth/model';
import { connectPostgres, type Postgres, type Transaction } from '@/lib/postgres/client';
import { type TestContext, testContext } from '@/tests/support/context';
import { ownerUrlOf, testLog } from '@/tests/support/fresh';
import { until } from '@/tests/support/until';

const actor: Actor = { name: 'anna', role: 'operator', via: 'web', requestId: 'request 1' };
const entry: AuditRecord = { action: 'test.done', subject: 'a thing', customerId: 'alaska-air' };

let ctx: TestContext;
let owner: Postgres;
beforeAll(async () => {
  ctx = await testContext();
  const url = ownerUrlOf(ctx.env.DATABASE_URL ?? '');
  owner = connectPostgres({ url, log: testLog, application: 'tests', connectionsMax: 2 });
  for (let n = 1; n <= 5; n += 1)
    await ctx.db.transaction((tx) => recordAudit(tx, actor, { ...entry, subject: `thing ${n}` }));
});
afterAll(async () => {
  await owner.close();
  await ctx.close();
});

class Undo extends Error {}

/** What the check says after an owner did `work`, which is then undone. */
async function tampered(work: string, kept?: AuditHead) {
  let verdict: Awaited<ReturnType<typeof verifyAudit>> | undefined;
  await owner
    .transaction(async (tx) => {
      await tx.client.query(`ALTER TABLE audit DISABLE TRIGGER USER; ${work}`);
      verdict = await verifyAudit({ db: tx }, kept);
      throw new Undo();
    })
    .catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  return verdict?.findings.map(({ kind, seq }) => `${kind} ${seq}`);
}

/** Sets the row's hash right again, as somebody would who knows the canonical form. */
const rehash = (seq: number) =>
  `UPDATE audit a SET hash = encode(sha256(convert_to(audit_canonical(a), 'UTF8')), 'hex') WHERE seq = ${seq};`;

describe('the chain', () => {
  it('is intact, and its head is the newest row', async () => {
    const verdict = await verifyAudit(ctx);
    expect(verdict).toMatchObject({ rows: 5, findingsTotal: 0, rights: null, head: { seq: 5 } });
    expect(await verifyAudit(ctx, verdict.head)).toMatchObject({ findingsTotal: 0 });
  });

  it('names a row that was altered', async () => {
    expect(await tampered(`UPDATE audit SET reason = 'another' WHERE seq = 3`)).toEqual(['altered 3']);
    expect(await tampered(`UPDATE audit SET detail = '{"a":1}' WHERE seq = 5`)).toEqual(['altered 5']);
    expect(await tampered(`UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 1`)).toEqual(['altered 1']);
  });

  it('names a row that was altered and given a new hash, by its successor', async () => {
    expect(await tampered(`UPDATE audit SET actor = 'bob' WHERE seq = 3; ${rehash(3)}`)).toEqual(['replaced 3']);
    expect(await tampered(`UPDATE audit SET actor = 'bob' WHERE seq = 5; ${rehash(5)}`)).toEqual(['head 5']);
  });

  it('names rows that were removed, at the end too', async () => {
    expect(await tampered('DELETE FROM audit WHERE seq = 1')).toEqual(['removed 1']);
    expect(await tampered('DELETE FROM audit WHERE seq IN (2, 3)')).toEqual(['removed 2']);
    expect(await tampered('DELETE FROM audit WHERE seq >= 4')).toEqual(['removed 4']);
    expect(await tampered('DELETE FROM audit')).toEqual(['removed 1']);
  });

  it('names rows that were put in another order', async () => {
    const swap = `UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;
      UPDATE audit SET seq = 3 WHERE seq = -1;`;
    expect(await tampered(swap)).toEqual(['altered 2', 'altered 3']);
    expect(await tampered(`${swap} ${rehash(2)} ${rehash(3)}`)).toEqual(['replaced 1', 'replaced 2', 'replaced 3']);
  });

  it('names a row that was inserted, past the chain or as its newest', async () => {
    const into = (columns: string, values: string) =>
      `INSERT INTO audit (actor, role, via, request_id, action, subject${columns})
       VALUES ('bob', 'operator', 'web', 'r', 'a', 's'${values});`;
    expect(await tampered(into('', ''))).toEqual(['outside null']);
    const newest = into(', seq, previous_hash', ', 6, (SELECT hash FROM audit WHERE seq = 5)');
    expect(await tampered(`${newest} ${rehash(6)}`)).toEqual(['head 5']);
  });

  it('finds a chain that was made anew, or cut with its head, by a head that was kept elsewhere', async () => {
    const { head } = await verifyAudit(ctx);
    const anew = `UPDATE audit SET actor = 'bob' WHERE seq = 5; ${rehash(5)}
      UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 5);`;
    expect(await tampered(anew)).toEqual([]);
    expect(await tampered(anew, head)).toEqual(['head 5']);
    const cut = `DELETE FROM audit WHERE seq = 5;
      UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4);`;
    expect(await tampered(cut)).toEqual([]);
    expect(await tampered(cut, head)).toEqual(['removed 5']);
  });

  it('stops the owner of the table as well, as long as its triggers stand', async () => {
    for (const text of ['UPDATE audit SET actor = $$bob$$', 'DELETE FROM audit', 'TRUNCATE audit'])
      await expect(owner.pool.query(text), text).rejects.toThrow('The audit is only added to.');
  });
});

it('transactions at once, some rolled back, some with several rows, make one chain without a gap', async () => {
  const gate = await owner.pool.connect();
  await gate.query('SELECT pg_advisory_lock(1)');
  const work = Array.from({ length: 60 }, (_, n) =>
    ctx.db
      .transaction(async (tx: Transaction) => {
        await tx.client.query('SELECT pg_advisory_xact_lock_shared(1)');
        await recordAudit(tx, actor, { ...entry, subject: `at once ${n}` });
        if (n % 3 === 0) await recordAudit(tx, actor, { ...entry, subject: `at once ${n} again` });
        if (n % 5 === 0) throw new Undo();
      })
      .catch((error) => {
        if (!(error instanceof Undo)) throw error;
      }),
  );
  await until('many stand at the gate', async () => {
    const { rows } = await gate.query(
      `SELECT 1 FROM pg_locks
       WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows.length >= 5;
  });
  await gate.query('SELECT pg_advisory_unlock(1)');
  gate.release();
  await Promise.all(work);
  const verdict = await verifyAudit(ctx);
  expect(verdict).toMatchObject({ findingsTotal: 0, rows: 5 + 48 + 16, head: { seq: 5 + 48 + 16 } });
});

it('whatever the texts hold, a row is written, and its hash is what the documented canonical form has', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ud800', '\0', '🧾', '\u202e', "';--", '=cmd()'),
  );
  await fc.assert(
    fc.asyncProperty(text, text, text, fc.jsonValue(), async (name, subject, reason, value) => {
      await ctx.db.transaction((tx) =>
        recordAudit(tx, { ...actor, name }, { ...entry, subject, reason, detail: { [name]: value } }),
      );
    }),
    { numRuns: 60 },
  );
  expect(await verifyAudit(ctx)).toMatchObject({ findingsTotal: 0 });
  const rows = await ctx.db.query(selectChain, { afterSeq: 0, rowsMax: 1_000 });
  expect(rows.every((row) => row.hash === hashOf(row))).toBe(true);
});
