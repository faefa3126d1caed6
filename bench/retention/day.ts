import type { Pool } from 'pg';

/**
 * What a day of 500 customers writes. A fifth of the customers is affected; of half of them something changes in each
 * quarter of an hour of ten hours, which is a scan of the changes; all of the others are only looked at.
 */
export const rates = {
  customers: 500,
  affected: 100,
  /** Scans of what changed, and scans that people ask for. */
  scans: 10_000,
  askedScans: 100,
  /** Rows of day_looks that a scan writes; every second only moves the time of the look. */
  daysOfScan: 2,
  /** Changes of what is wrong on a day of an affected customer. */
  changes: 2_000,
  findings: 100,
  eventsOfFinding: 5,
  /** Runs of a night, their units, and the steps and events of each. */
  runs: 100,
  units: 150,
  steps: 8,
  events: 12,
  /** Messages of the day's findings: two a case on three channels. */
  messages: 600,
  costs: 17_000,
  auditRows: 400,
  signIns: 50,
  plans: 50,
} as const;

/** Text that does not compress better than real JSON and logs do. */
const words = (length: string) =>
  `(SELECT string_agg(md5(random()::text || i), ' ') FROM generate_series(1, (${length}) / 33) i)`;
const json = (length: string) => `jsonb_build_object('text', ${words(length)})`;
const at = (share: string) => `($1::timestamptz + (${share}) * interval '1 day')`;
const customer = (n: string) => `'customer-' || ((${n}) % ${rates.customers})`;
const state = `'{"strategy": 1, "hasRows": 1, "attempt": 1, "tries": 1, "backupAttempt": 1, "wrongRows": 1, "deletingRest": 1,
  "passingSinceMs": 1}'::jsonb`;
const counts = `conversations, affected, stale, duplicates, missing, orphans, open, settling, flags`;
const flags = `jsonb_build_object('wrongAgent', n % 7, 'wrongUseCase', n % 5)`;

/** Scans and costs, which are the most of a day's rows. */
const shortLived: string[] = [
  `INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status, created_at, started_at, ended_at, as_of,
     chunks_total, chunks_done, rows_read, bytes_read)
   SELECT gen_random_uuid(), ${customer('n')}, $1::date - 35, $1::date, CASE WHEN n <= ${rates.askedScans} THEN 'person' ELSE 'schedule' END,
     'schedule', 'queued', t, NULL, NULL, t, 1, 1, 20000, 900000
   FROM generate_series(1, ${rates.scans + rates.askedScans}) n, LATERAL (SELECT ${at('n / 10100.0')} AS t) of`,
  `INSERT INTO scan_chunks (scan_id, seq, from_at, to_at, status, tally)
   SELECT id, 0, created_at, created_at + interval '1 day', 'planned', '[]' FROM scans WHERE created_at > $1::timestamptz`,
  // A scan is changed three times, and its chunk twice.
  `UPDATE scans SET status = 'running', started_at = created_at WHERE created_at > $1::timestamptz`,
  `UPDATE scan_chunks c SET status = 'done', tally = ${json('600')}, verdicts = decode(repeat(md5(seq::text), 20), 'hex')
   FROM scans s WHERE s.id = c.scan_id AND s.created_at > $1::timestamptz`,
  `UPDATE scans SET status = 'succeeded', ended_at = created_at + interval '2 seconds' WHERE created_at > $1::timestamptz`,
  `UPDATE scan_chunks c SET tally = '[]', verdicts = '' FROM scans s WHERE s.id = c.scan_id AND s.created_at > $1::timestamptz`,
  `INSERT INTO schedule_costs (hour, customer_id, kind, runs, statements, rows_read, bytes_read, engine_ms)
   SELECT date_trunc('hour', ${at('h / 24.0')}), c.id, kind, 4, 12, 80000, 4000000, 120
   FROM generate_series(0, 23) h CROSS JOIN customers c CROSS JOIN (VALUES ('looks'), ('regular scans')) k (kind)
   WHERE kind = 'looks' OR h >= 14 ON CONFLICT DO NOTHING`,
];

const lasting: string[] = [
  `INSERT INTO day_looks (customer_id, day, as_of, ${counts}, by_agent, by_use_case)
   SELECT ${customer('n')}, $1::date, $1::timestamptz, 4000, CASE WHEN n <= ${rates.affected} THEN n ELSE 0 END, n % 7, 0, 0, 0,
     n % 40, n % 60, ${flags}, ${json('600')}, ${json('200')}
   FROM generate_series(0, ${rates.customers - 1}) n`,
  ...Array.from(
    { length: (rates.scans * rates.daysOfScan) / rates.customers / 2 },
    (_, n) => `UPDATE day_looks SET as_of = ${at(`${n} / 40.0`)}${n % 2 === 0 ? `, settling = ${n}` : ''}
   WHERE day >= $1::date - 1 AND day <= $1::date`,
  ),
  `INSERT INTO watched_customers SELECT id, $1::date - 35, $1::date, $1::timestamptz FROM customers
   ON CONFLICT (customer_id) DO UPDATE SET checked_at = excluded.checked_at, to_day = excluded.to_day`,
  `INSERT INTO day_counts (customer_id, day, as_of, ${counts})
   SELECT 'customer-' || (n % ${rates.affected}), $1::date - (n / ${rates.affected}) % 2, ${at(`n / ${rates.changes}.0`)}, 4000, n % 90, n % 70, 1, 2, 3,
     n % 40, n % 60, ${flags}
   FROM generate_series(0, ${rates.changes - 1}) n ON CONFLICT DO NOTHING`,
  `WITH finding AS (
     INSERT INTO findings (id, customer_id, day, state, first_seen_at, last_seen_at, repaired_at, conversations, affected, flags,
       at_least, worst_affected, worst_flags, agents, worst_agents)
     SELECT gen_random_uuid(), 'customer-' || n, $1::date, 'repaired', $1::timestamptz, $1::timestamptz, $1::timestamptz, 4000, n, ${flags},
       false, n, ${flags}, 5, 9 FROM generate_series(0, ${rates.findings - 1}) n ON CONFLICT DO NOTHING RETURNING id)
   INSERT INTO finding_events (finding_id, at, kind, text, actor)
   SELECT id, $1::timestamptz, 'new', ${words('120')}, 'worker' FROM finding, generate_series(1, ${rates.eventsOfFinding}) n`,
  `INSERT INTO relooks (customer_id, day, after, run_id, due_at, done_at, found)
   SELECT 'customer-' || n, $1::date, after, gen_random_uuid(), $1::timestamptz, $1::timestamptz + interval '7 days', 'clean'
   FROM generate_series(0, ${rates.findings - 1}) n, unnest(ARRAY['15 minutes', '1 hour', '1 day', '7 days']) after ON CONFLICT DO NOTHING`,
  `INSERT INTO scan_audits (scan_id, customer_id, audited_at, days, conversations, missed)
   SELECT gen_random_uuid(), id, $1::timestamptz, 35, 140000, 0 FROM customers`,
  `WITH campaign AS (
     INSERT INTO campaigns (id, status, outcome, request, created_by, created_at, ended_at)
     VALUES (gen_random_uuid(), 'ended', 'done', ${json('400')}, 'order', $1::timestamptz, $1::timestamptz) RETURNING id),
   event AS (INSERT INTO campaign_events (campaign_id, at, kind, text)
     SELECT id, $1::timestamptz, 'x', ${words('100')} FROM campaign, generate_series(1, 250)),
   run AS (
     INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by, created_at,
       started_at, ended_at, campaign_id)
     SELECT gen_random_uuid(), 'customer-' || n, 'no-gap', $1::date, $1::date + 1, ${json('300')} || '{"timeZone": "UTC"}', ${json('6000')} || '{"rowsToDelete": 90}', md5(random()::text), 'verified',
       'order', $1::timestamptz, $1::timestamptz, $1::timestamptz, campaign.id
     FROM generate_series(0, ${rates.runs - 1}) n, campaign RETURNING id, customer_id, campaign_id),
   planned AS (INSERT INTO campaign_customers (campaign_id, customer_id, seq, wave, status, plan, checks, sentence, run_id)
     SELECT campaign.id, c.id, 1, CASE WHEN run.id IS NULL THEN NULL ELSE 1 END, CASE WHEN run.id IS NULL THEN 'left out' ELSE 'verified' END,
       CASE WHEN run.id IS NULL THEN NULL ELSE ${json('500')} END, ${json('400')}, ${words('80')}, run.id
     FROM campaign CROSS JOIN customers c LEFT JOIN run ON run.customer_id = c.id)
   INSERT INTO backfill_items (id, run_id, seq, day, unit, scope, status, state, plan, evidence)
   SELECT gen_random_uuid(), run.id, n, $1::date + n, ($1::date + n)::text, ${json('300')}, 'verified', ${state}, ${json('1200')}, ${json('500')}
   FROM run, generate_series(1, 2) n WHERE n = 1 OR right(run.customer_id, 1)::integer < 5`,
  `WITH item AS (SELECT i.id, i.run_id FROM backfill_items i JOIN backfill_runs r ON r.id = i.run_id WHERE r.created_at = $1::timestamptz),
   step AS (INSERT INTO backfill_steps (item_id, attempt, step, status, job_name, job_spec, job_status, log_tail, sentence, numbers, started_at, ended_at)
     SELECT id, 1, step, 'done', 'job-' || left(id::text, 8), ${json('2500')}, ${json('300')}, ${words('1500')}, ${words('120')}, ${json('150')},
       $1::timestamptz, $1::timestamptz + interval '9 seconds'
     FROM item, unnest(ARRAY['check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'prove', 'verify']) step),
   drops AS (INSERT INTO backup_drops (backup_id, customer_id, run_id, day, rows, bytes, taken_at, job_name, requested_by, dropped_at)
     SELECT id::text, 'customer-1', run_id, $1::date, 4000, 400000, $1::timestamptz, 'drop-x', 'worker', $1::timestamptz FROM item)
   INSERT INTO backfill_events (run_id, item_id, at, kind, text) SELECT run_id, id, $1::timestamptz, 'x', ${words('160')}
   FROM item, generate_series(1, ${rates.events}) n`,
  `INSERT INTO active_days_snapshots (run_id, phase, taken_at, from_day, to_day, rows)
   SELECT id, phase, $1::timestamptz, $1::date, $1::date + 1, ${json('2500')} FROM backfill_runs, unnest(ARRAY['before', 'expected', 'after']) phase
   WHERE created_at = $1::timestamptz`,
  `WITH cases AS (
     INSERT INTO notification_cases (case_key, event, customer_id, title, lines, path, opened_at, updated_at, resolved_at, resolution)
     SELECT 'finding customer-' || n || ' ' || $1::date, 'finding new', 'customer-' || n, ${words('120')}, '[]', '/', $1::timestamptz, $1::timestamptz,
       $1::timestamptz, ${words('100')} FROM generate_series(1, ${rates.messages / 6}) n RETURNING id)
   INSERT INTO notification_deliveries (case_id, channel, kind, idempotency_key, state, urgent, message, attempts, made_at, sent_at)
   SELECT id, channel, kind, id || kind, 'sent', false, ${json('500')}, 1, $1::timestamptz, $1::timestamptz
   FROM cases, unnest(ARRAY['webhook', 'slack', 'smtp']) channel, unnest(ARRAY['opened', 'resolved']) kind`,
  `INSERT INTO audit (actor, role, via, request_id, action, customer_id, subject, reason, detail)
   SELECT 'worker', 'none', 'worker', md5(n::text), 'backfill.verified', ${customer('n')}, 'unit', 'x', ${json('300')}
   FROM generate_series(1, ${rates.auditRows}) n`,
  `INSERT INTO sessions (secret_hash, provider, subject, name, role, created_at, idle_expires_at, expires_at)
   SELECT sha256(random()::text::bytea), 'p', n::text, 'x', 'viewer', $1::timestamptz, $1::timestamptz + interval '1 hour', $1::timestamptz + interval '12 hours'
   FROM generate_series(1, ${rates.signIns}) n`,
  `INSERT INTO sign_in_attempts (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
   SELECT sha256(random()::text::bytea), sha256('x'), 'x', 'x', '/', $1::timestamptz FROM generate_series(1, ${rates.signIns}) n`,
  `INSERT INTO backfill_plans (hash, plan, created_at) SELECT md5(random()::text), ${json('20000')}, $1::timestamptz FROM generate_series(1, ${rates.plans}) n`,
  `INSERT INTO plan_requests (id, request, requested_by, requested_at, ended_at, status)
   SELECT gen_random_uuid(), ${json('300')}, 'x', $1::timestamptz, $1::timestamptz, 'done' FROM generate_series(1, ${rates.plans}) n`,
  `DELETE FROM overview_changes`,
];

/** Writes one day at these rates, as it began at `day`; what is kept for 14 days only where it is asked for. */
export async function writeDay(pool: Pool, day: Date, options: { shortLived: boolean }): Promise<void> {
  const client = await pool.connect();
  try {
    for (const text of [...(options.shortLived ? shortLived : []), ...lasting])
      await client.query(text, text.includes('$1') ? [day] : []);
  } finally {
    client.release();
  }
}
