import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAudit } from '@/lib/audit/verify-audit';
import { jobsDirOf } from '@/lib/jobs/process/folder';
import { atIntervals } from '@/lib/poll';
import type { Subject } from './customers';
import type { Violation } from './labels';
import type { Act } from './operators';
import { selectAuditRows, selectRunRows, selectUnexpected } from './sql';
import type { FaultStack } from './stack';

/** A delete of a day; `list` is empty if it deletes the whole day. */
export type Deleted = {
  database: string;
  mutationId: string;
  runId: string;
  day: string;
  attempt: string;
  list: string;
};

const lookEveryMs = 1_000;

/** Records every delete of this console that ClickHouse lists, before ClickHouse forgets the finished ones. */
export class Mutations {
  readonly seen = new Map<string, Deleted>();
  private readonly stack: FaultStack;
  private readonly subjects: Subject[];
  constructor(stack: FaultStack, subjects: Subject[]) {
    this.stack = stack;
    this.subjects = subjects;
  }

  async watch(signal: AbortSignal): Promise<void> {
    await atIntervals(
      lookEveryMs,
      signal,
      () => this.look(),
      () => undefined,
    );
  }

  async look(): Promise<void> {
    const databases = this.subjects.map(({ customer }) => `'${customer.database}'`).join(', ');
    const result = await this.stack.admin.client.query({
      query: `SELECT database, mutation_id, extract(command, 'slc:[^\\']*') AS tag
        FROM system.mutations
        WHERE database IN (${databases}) AND table = 'conversation_with_labels' AND tag != ''`,
      format: 'JSONEachRow',
    });
    for (const row of await result.json<{ database: string; mutation_id: string; tag: string }>()) {
      const [runId = '', day = '', attempt = '', list = ''] = row.tag.replace(/^slc:/, '').split('/');
      const one = { database: row.database, mutationId: row.mutation_id, runId, day, attempt, list };
      this.seen.set(`${row.database}/${row.mutation_id}`, one);
    }
  }
}

/**
 * No two deletes have the same tag. A whole day is deleted a second time only if a person asked for it. A delete of
 * listed wrong rows may be repeated, since it finds nothing of what is already gone.
 */
export async function checkDeletes(stack: FaultStack, deletes: Iterable<Deleted>): Promise<Violation[]> {
  const audit = await stack.ctx.db.query(selectAuditRows);
  const rule = 'nothing twice';
  const found: Violation[] = [];
  const tags = new Map<string, Deleted>();
  const attemptsOf = new Map<string, Set<string>>();
  for (const one of deletes) {
    const day = `${one.runId}/${one.day}`;
    const tag = `${day}/${one.attempt}/${one.list}`;
    const other = tags.get(tag);
    if (other) found.push({ rule, sentence: `two deletes of one attempt: ${tag}`, more: [other, one] });
    tags.set(tag, one);
    if (one.list === '') attemptsOf.set(day, (attemptsOf.get(day) ?? new Set()).add(one.attempt));
  }
  for (const [day, attempts] of attemptsOf) {
    const asked = audit.filter((row) => day.startsWith(`${row.run_id}/`) && row.action === 'backfill.retry').length;
    if (attempts.size > 1 + asked)
      found.push({ rule, sentence: `${day}: ${attempts.size} attempts deleted, a person asked for ${asked} retries` });
  }
  return found;
}

/** The folder of each Job holds its order and its log. There is one for each attempt, and it started once. */
export function checkJobs(dataDir: string): { violations: Violation[]; jobs: Record<string, number> } {
  const jobsDir = jobsDirOf(dataDir);
  const violations: Violation[] = [];
  const jobs: Record<string, number> = {};
  const attempts = new Map<string, string>();
  for (const name of readdirSync(jobsDir).filter((each) => /^[a-z]/.test(each))) {
    const spec = JSON.parse(readFileSync(join(jobsDir, name, 'spec.json'), 'utf8'));
    jobs[spec.kind] = (jobs[spec.kind] ?? 0) + 1;
    const { run, item, attempt } = spec.annotations;
    const key = [spec.kind, run, item, attempt].join('/');
    const other = attempts.get(key);
    if (other) violations.push({ rule: 'nothing twice', sentence: `two Jobs of one attempt: ${other} and ${name}` });
    attempts.set(key, name);
    const log = readLog(join(jobsDir, name, 'log'));
    const begun = log.split('\n').filter((line) => /^(Deleting|Backing up|Restoring) the labels of /.test(line)).length;
    const submitted = log.split('\n').filter((line) => line.startsWith('Submitting the delete')).length;
    if (begun > 1 || submitted > 1)
      violations.push({
        rule: 'nothing twice',
        sentence: `${name} began ${begun} times, submitted ${submitted}`,
        more: log,
      });
  }
  return { violations, jobs };
}

const readLog = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/**
 * A command that was answered "ok" has exactly one audit row; a refused one has no row that says done; one without an
 * answer has at most one. Every run has its start, every verified run its end, and the chain is intact.
 */
export async function checkAudit(stack: FaultStack, acts: readonly Act[]): Promise<Violation[]> {
  const [rows, runs, verdict] = await Promise.all([
    stack.ctx.db.query(selectAuditRows),
    stack.ctx.db.query(selectRunRows),
    verifyAudit(stack.ctx),
  ]);
  const rule = 'every event in the audit';
  const found: Violation[] = [];
  const done = rows.filter((row) => row.result === 'done');
  for (const act of acts) {
    const its = done.filter(
      // NOTE: an approved order begins as its author, with the author's reason.
      (row) =>
        row.reason === act.reason &&
        row.actor === act.person &&
        row.action.startsWith(`${act.area}.`) &&
        row.action !== 'order.begin',
    ).length;
    const { outcome } = act.answered;
    const right = outcome === 'ok' ? its === 1 : outcome === 'refused' ? its === 0 : its <= 1;
    if (!right)
      found.push({ rule, sentence: `${act.reason}, answered "${outcome}", has ${its} audit rows`, more: act });
  }
  for (const run of runs) {
    const its = (action: string) => done.filter((row) => row.run_id === run.id && row.action === action).length;
    if (its('backfill.start') !== 1)
      found.push({ rule, sentence: `run ${run.id} has ${its('backfill.start')} starts in the audit`, more: run });
    if (run.status === 'verified' && its('backfill.verified') !== 1)
      found.push({ rule, sentence: `run ${run.id} has ${its('backfill.verified')} ends in the audit`, more: run });
  }
  for (const finding of verdict.findings) found.push({ rule, sentence: `the chain: ${finding.sentence}` });
  return found;
}

/** The violations in which a person saw "this was not expected". */
export async function checkSentences(stack: FaultStack): Promise<Violation[]> {
  const rows = await stack.ctx.db.query(selectUnexpected);
  return rows.map(({ run_id, text }) => ({ rule: 'every failure is foreseen', sentence: `${run_id}: ${text}` }));
}
