/**
 * Rows of one rule. In `setUp` $1 is the number of days for which the rule keeps a row, `left` lists by name what is there,
 * `gone` and `stay` are those names.
 */
export type RetentionCase = { setUp: string; left: string; gone: string[]; stay: string[] };

/** Half a day older, or younger, than the rule's age. */
const old = `(now() - ($1::float8 + 0.5) * interval '1 day')`;
const young = `(now() - ($1::float8 - 0.5) * interval '1 day')`;
const ancient = `(now() - ($1::float8 + 300) * interval '1 day')`;
const oldDay = `((now() AT TIME ZONE 'UTC')::date - $1::integer - 2)`;
const youngDay = `((now() AT TIME ZONE 'UTC')::date - $1::integer + 2)`;

const customers = `customer AS (
  INSERT INTO customers VALUES ('acme', 'Acme', 'acme', 'UTC'), ('beta', 'Beta', 'beta', 'UTC') RETURNING id)`;
const id = (n: number) => `'00000000-0000-4000-8000-${String(n).padStart(12, '0')}'::uuid`;
/** The last two digits of an id. */
const short = (column: string) => `right(${column}::text, 2)`;

const scan = (n: number, customer: string, cause: string, status: string, at: string) =>
  `(${id(n)}, '${customer}', '2026-02-01'::date, '2026-02-02'::date, '${cause}', 'x', '${status}', ${at}, ${at})`;
/** The newest scans of acme are 5 and 6; beta has only an old one; 9 is waited for by the schedule. */
const scans = (cause: string) => `WITH ${customers}, scan AS (
  INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status, created_at, ended_at) VALUES
    ${scan(1, 'acme', cause, 'succeeded', old)}, ${scan(2, 'acme', cause, 'failed', old)},
    ${scan(3, 'acme', cause, 'succeeded', young)}, ${scan(5, 'acme', cause, 'succeeded', 'now()')},
    ${scan(6, 'acme', cause, 'failed', 'now()')}, ${scan(7, 'beta', cause, 'succeeded', ancient)},
    ${scan(8, 'beta', cause, 'failed', `${ancient} + interval '1 minute'`)}, ${scan(9, 'acme', cause, 'cancelled', ancient)} RETURNING id),
  chunk AS (INSERT INTO scan_chunks (scan_id, seq, from_at, to_at) SELECT id, 0, now(), now() + interval '1 hour' FROM scan)
  INSERT INTO scheduled_customers (customer_id, scan_id) VALUES ('acme', ${id(9)})`;
const scansCase = (cause: string): RetentionCase => ({
  setUp: scans(cause),
  left: `SELECT ${short('id')} FROM scans WHERE EXISTS (SELECT FROM scan_chunks WHERE scan_id = id) ORDER BY 1`,
  gone: ['01', '02'],
  stay: ['03', '05', '06', '07', '08', '09'],
});

const counts = `conversations, affected, stale, duplicates, missing, orphans, open, settling, flags`;
const zeros = `1, 0, 0, 0, 0, 0, 0, 0, '{}'::jsonb`;
const finding = (n: number, day: string, state: string, at: string, more = 'NULL::timestamptz') =>
  `(${id(n)}, 'acme', ${day}, '${state}', ${at}, ${at}, ${at}, ${more}, 1, 1, '{}'::jsonb, false, 1, '{}'::jsonb, 1, 1)`;
const findingColumns = `id, customer_id, day, state, first_seen_at, last_seen_at, repaired_at, muted_until, conversations,
  affected, flags, at_least, worst_affected, worst_flags, agents, worst_agents`;
/** The finding of the second old day is open. */
const openFinding = `finding AS (
  INSERT INTO findings (${findingColumns}) SELECT * FROM (VALUES ${finding(1, `${oldDay} - 1`, 'ongoing', old)}) f)`;

/** The third old day is watched: a look found nothing changed, and moved no row of it. */
const watched = `watched AS (
  INSERT INTO watched_customers SELECT id, ${oldDay} - 2, ${oldDay} - 1, now() FROM customer WHERE id = 'acme')`;

const run = (n: number, day: number, ended: string | null) =>
  `(${id(n)}, 'acme', 'replace', '2026-01-01'::date + ${day}, '2026-01-02'::date + ${day}, '{}'::jsonb, '{}'::jsonb, 'x',
    ${ended ? `'verified', ${ended}` : `'needs attention', NULL::timestamptz`}, 'x')`;
/** Run 1 ended long ago, run 2 lately, and run 3 is open. */
const runs = `run AS (
  INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, ended_at, started_by)
  SELECT r.* FROM (VALUES ${run(1, 0, old)}, ${run(2, 1, young)}, ${run(3, 2, null)}) r, (SELECT count(*) FROM customer) c
  RETURNING id)`;
const state = `'{"strategy": 1, "hasRows": 1, "attempt": 1, "tries": 1, "backupAttempt": 1, "wrongRows": 1,
  "deletingRest": 1, "passingSinceMs": 1}'::jsonb`;
const campaigns = `campaign AS (
  INSERT INTO campaigns (id, status, request, created_by, ended_at) VALUES
    (${id(1)}, 'ended', '{}', 'x', ${old}), (${id(2)}, 'ended', '{}', 'x', ${young}), (${id(3)}, 'running', '{}', 'x', NULL)
  RETURNING id)`;

export const retentionCases: Record<string, RetentionCase> = {
  'scans of the worker': scansCase('schedule'),
  'asked scans': scansCase('person'),
  costs: {
    setUp: `WITH ${customers} INSERT INTO schedule_costs (hour, customer_id, kind)
      SELECT ${old}, id, 'looks' FROM customer WHERE id = 'acme' UNION ALL SELECT ${young}, id, 'looks' FROM customer WHERE id = 'beta'`,
    left: 'SELECT customer_id FROM schedule_costs ORDER BY 1',
    gone: ['acme'],
    stay: ['beta'],
  },
  'looks after repairs': {
    setUp: `WITH ${customers} INSERT INTO relooks (customer_id, day, after, run_id, due_at, done_at)
      SELECT c.id, '2026-01-01', r.after, gen_random_uuid(), ${ancient}, r.done FROM customer c
      CROSS JOIN (VALUES ('15 minutes', ${old}), ('1 hour', ${young}), ('1 day', NULL)) r (after, done) WHERE c.id = 'acme'`,
    left: 'SELECT after FROM relooks ORDER BY 1',
    gone: ['15 minutes'],
    stay: ['1 day', '1 hour'],
  },
  changes: {
    setUp: `WITH ${customers}, noon AS (
        SELECT date_trunc('day', now(), 'UTC') - ($1::integer + 3) * interval '1 day' + interval '12 hours' AS at)
      INSERT INTO day_counts (customer_id, day, as_of, ${counts})
      SELECT c.id, '2026-01-01', noon.at + hours * interval '1 hour', ${zeros}
      FROM customer c, noon, unnest(ARRAY[0, 3, 11, 13, 14, 24 * ($1::integer + 2), 24 * ($1::integer + 2) + 1]) hours
      WHERE c.id = 'acme'`,
    left: `SELECT (extract(epoch FROM as_of - date_trunc('day', now(), 'UTC')
      + (SELECT (max(now()::date - as_of::date)) FROM day_counts) * interval '1 day') / 3600)::integer % 24 || ' ' ||
      CASE WHEN as_of > now() - interval '10 days' THEN 'young' ELSE 'old' END FROM day_counts ORDER BY 1`,
    gone: ['12 old', '15 old', '1 old'],
    stay: ['23 old', '2 old', '12 young', '13 young'],
  },
  'history of days': {
    setUp: `WITH ${customers}, ${openFinding}, ${watched}, look AS (
        INSERT INTO day_looks (customer_id, day, as_of, ${counts})
        SELECT c.id, ${oldDay} - 4, now(), ${zeros} FROM customer c WHERE c.id = 'acme')
      INSERT INTO day_counts (customer_id, day, as_of, conversations, ${counts.replace('conversations, ', '')})
      SELECT c.id, d.day, d.at, d.n, ${zeros.replace('1, ', '')} FROM customer c
      CROSS JOIN (VALUES (1, ${oldDay}, ${old}), (2, ${oldDay} - 1, ${old}), (3, ${youngDay}, ${old}),
        (4, ${oldDay}, ${young}), (5, ${oldDay} - 2, ${old}), (6, ${oldDay} - 4, ${ancient}), (7, ${oldDay} - 4, ${old}))
        d (n, day, at) WHERE c.id = 'acme'`,
    left: 'SELECT conversations::text FROM day_counts ORDER BY 1',
    gone: ['1', '6'],
    stay: ['2', '3', '4', '5', '7'],
  },
  days: {
    setUp: `WITH ${customers}, ${openFinding}, ${watched}
      INSERT INTO day_looks (customer_id, day, as_of, ${counts})
      SELECT c.id, d.day, d.at, d.n, ${zeros.replace('1, ', '')} FROM customer c
      CROSS JOIN (VALUES (1, ${oldDay}, ${old}), (2, ${oldDay} - 1, ${old}), (3, ${youngDay}, ${old}),
        (4, ${oldDay} - 3, ${young}), (5, ${oldDay} - 2, ${old})) d (n, day, at) WHERE c.id = 'acme'`,
    left: 'SELECT conversations::text FROM day_looks ORDER BY 1',
    gone: ['1'],
    stay: ['2', '3', '4', '5'],
  },
  findings: {
    setUp: `WITH ${customers}, finding AS (
        INSERT INTO findings (${findingColumns}) SELECT f.* FROM (VALUES
          ${finding(1, `'2026-01-01'::date`, 'repaired', old)},
          ${finding(2, `'2026-01-02'::date`, 'resolved by itself', old)},
          ${finding(3, `'2026-01-03'::date`, 'repaired', young)}, ${finding(4, `'2026-01-04'::date`, 'new', ancient)},
          ${finding(5, `'2026-01-05'::date`, 'fallen back', ancient)},
          ${finding(6, `'2026-01-06'::date`, 'repaired', old, `now() + interval '1 day'`)},
          ${finding(7, `'2026-01-07'::date`, 'repaired', old)}) f, (SELECT count(*) FROM customer) c RETURNING id),
      event AS (INSERT INTO finding_events (finding_id, at, kind, text, actor) SELECT id, now(), 'new', 'x', 'x' FROM finding)
      INSERT INTO relooks (customer_id, day, after, run_id, due_at)
      SELECT 'acme', '2026-01-07', '7 days', gen_random_uuid(), now() FROM (SELECT count(*) FROM customer) c`,
    left: `SELECT ${short('id')} FROM findings WHERE EXISTS (SELECT FROM finding_events e WHERE e.finding_id = findings.id) ORDER BY 1`,
    gone: ['01', '02'],
    stay: ['03', '04', '05', '06', '07'],
  },
  'audits of increments': {
    setUp: `WITH ${customers} INSERT INTO scan_audits (scan_id, customer_id, audited_at, days, conversations, missed)
      SELECT id, customer, at, 35, 100, 0 FROM (VALUES (${id(1)}, 'acme', ${old}), (${id(2)}, 'acme', ${young}),
        (${id(3)}, 'beta', ${old})) a (id, customer, at), (SELECT count(*) FROM customer) c`,
    left: `SELECT ${short('scan_id')} FROM scan_audits ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03'],
  },
  misses: {
    setUp: `WITH ${customers} INSERT INTO misses (id, customer_id, scan_id, found_at, missed, state, ended_at)
      SELECT id, 'acme', id, ${old}, 1, state, ended FROM (VALUES (${id(1)}, 'acknowledged', ${old}),
        (${id(2)}, 'clean since', ${young}), (${id(3)}, 'open', NULL)) m (id, state, ended), (SELECT count(*) FROM customer) c`,
    left: `SELECT ${short('id')} FROM misses ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03'],
  },
  'Active Days': {
    setUp: `WITH ${customers}, ${runs} INSERT INTO active_days_snapshots (run_id, phase, taken_at, from_day, to_day, rows)
      SELECT id, 'before', ${old}, '2026-01-01', '2026-01-02', '[]' FROM run`,
    left: `SELECT ${short('run_id')} FROM active_days_snapshots ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03'],
  },
  differences: {
    setUp: `WITH ${customers}, ${runs}, item AS (
        INSERT INTO backfill_items (id, run_id, seq, day, unit, scope, status, state, plan)
        SELECT id, id, 1, '2026-01-01', '2026-01-01', '{}', 'verified', ${state}, '{}' FROM run RETURNING id),
      kept AS (
        INSERT INTO difference_sets (item_id, state, counted, verified_at)
        SELECT id, 'kept', '{}', CASE ${short('id')} WHEN '01' THEN ${old} ELSE ${young} END FROM item RETURNING item_id)
      INSERT INTO differences SELECT item_id, 0, 'c', 1, 0, '{}', '{}', '[]', '[]' FROM kept`,
    left: `SELECT ${short('item_id')} FROM differences ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03'],
  },
  'customers left out': {
    setUp: `WITH ${customers}, ${runs}, ${campaigns}
      INSERT INTO campaign_customers (campaign_id, customer_id, seq, status, run_id)
      SELECT c.id, 'beta', 1, 'left out', NULL FROM campaign c, (SELECT count(*) FROM customer) n
      UNION ALL SELECT ${id(1)}, 'acme', 2, 'verified', ${id(1)} FROM (SELECT count(*) FROM run) n`,
    left: `SELECT ${short('campaign_id')} || ' ' || customer_id FROM campaign_customers ORDER BY 1`,
    gone: ['01 beta'],
    stay: ['01 acme', '02 beta', '03 beta'],
  },
  'events of runs': {
    setUp: `WITH ${customers}, ${runs} INSERT INTO backfill_events (run_id, at, kind, text)
      SELECT id, ${ancient}, 'x', 'x' FROM run`,
    left: `SELECT ${short('run_id')} FROM backfill_events ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03'],
  },
  'events of campaigns': {
    setUp: `WITH ${campaigns} INSERT INTO campaign_events (campaign_id, at, kind, text) SELECT id, ${ancient}, 'x', 'x' FROM campaign`,
    left: `SELECT ${short('campaign_id')} FROM campaign_events ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03'],
  },
  'logs of Jobs': {
    setUp: `WITH ${customers}, ${runs}, item AS (
        INSERT INTO backfill_items (id, run_id, seq, day, unit, scope, status, state, plan)
        SELECT id, id, 1, '2026-01-01', '2026-01-01', '{}', 'verified', ${state}, '{}' FROM run RETURNING id)
      INSERT INTO backfill_steps (item_id, attempt, step, status, job_name, job_spec, job_status, log_tail, started_at)
      SELECT id, 1, 'delete', 'done', 'delete-x', '{"a": 1}', '{"a": 1}', 'a log', ${ancient} FROM item`,
    left: `SELECT ${short('item_id')} FROM backfill_steps WHERE log_tail IS NOT NULL AND job_spec IS NOT NULL AND job_name = 'delete-x' ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03'],
  },
  cases: {
    setUp: `WITH cases AS (
        INSERT INTO notification_cases (id, case_key, event, title, path, resolved_at, resolution) VALUES
          (${id(1)}, 'a', 'x', 'x', '/', ${old}, 'x'), (${id(2)}, 'b', 'x', 'x', '/', ${young}, 'x'),
          (${id(3)}, 'c', 'x', 'x', '/', NULL, NULL), (${id(4)}, 'd', 'x', 'x', '/', ${old}, 'x') RETURNING id)
      INSERT INTO notification_deliveries (case_id, channel, kind, idempotency_key, urgent, state, made_at)
      SELECT id, 'webhook', 'opened', id::text, false, CASE ${short('id')} WHEN '04' THEN 'waiting' ELSE 'sent' END, ${ancient}
      FROM cases`,
    left: `SELECT ${short('id')} FROM notification_cases
      WHERE EXISTS (SELECT FROM notification_deliveries d WHERE d.case_id = notification_cases.id) ORDER BY 1`,
    gone: ['01'],
    stay: ['02', '03', '04'],
  },
  'messages without a case': {
    setUp: `WITH cases AS (
        INSERT INTO notification_cases (id, case_key, event, title, path) VALUES (${id(9)}, 'a', 'x', 'x', '/') RETURNING id),
      message AS (
        INSERT INTO notification_deliveries (channel, kind, idempotency_key, urgent, state, made_at) VALUES
          ('a', 'test', '1', false, 'sent', ${old}), ('a', 'test', '2', false, 'sent', ${young}),
          ('a', 'test', '3', false, 'waiting', ${old}), ('a', 'summary', '4', false, 'sent', ${old})
        RETURNING id, kind)
      INSERT INTO notification_deliveries (case_id, channel, kind, idempotency_key, urgent, state, summary_id, made_at)
      SELECT cases.id, 'a', 'opened', '5', false, 'in summary', message.id, ${old} FROM cases, message WHERE kind = 'summary'`,
    left: 'SELECT idempotency_key FROM notification_deliveries ORDER BY 1',
    gone: ['1'],
    stay: ['2', '3', '4', '5'],
  },
  sessions: {
    setUp: `INSERT INTO sessions (secret_hash, provider, subject, name, role, created_at, idle_expires_at, expires_at)
      SELECT sha256(n::text::bytea), 'demo', n::text, n::text, 'viewer', ${ancient}, at, at
      FROM (VALUES (1, ${old}), (2, ${young}), (3, now() + interval '1 hour')) s (n, at)`,
    left: 'SELECT subject FROM sessions ORDER BY 1',
    gone: ['1'],
    stay: ['2', '3'],
  },
  'sign-ins on their way': {
    setUp: `INSERT INTO sign_in_attempts (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
      SELECT sha256(n::text::bytea), sha256('x'), 'x', 'x', n::text, at FROM (VALUES (1, ${old}), (2, ${young})) s (n, at)`,
    left: 'SELECT return_to FROM sign_in_attempts ORDER BY 1',
    gone: ['1'],
    stay: ['2'],
  },
  plans: {
    setUp: `INSERT INTO backfill_plans (hash, plan, created_at) VALUES ('1', '{}', ${old}), ('2', '{}', ${young})`,
    left: 'SELECT hash FROM backfill_plans ORDER BY 1',
    gone: ['1'],
    stay: ['2'],
  },
  previews: {
    setUp: `INSERT INTO plan_requests (id, request, requested_by, requested_at)
      VALUES (${id(1)}, '{"n": 1}', 'x', ${old}), (${id(2)}, '{"n": 2}', 'x', ${young})`,
    left: `SELECT ${short('id')} FROM plan_requests ORDER BY 1`,
    gone: ['01'],
    stay: ['02'],
  },
  'samples of mutations': {
    setUp: `INSERT INTO mutation_samples VALUES ('d', 't', 'h', '1', now(), 1, now(), ${old}), ('d', 't', 'h', '2', now(), 1, now(), ${young})`,
    left: 'SELECT mutation_id FROM mutation_samples ORDER BY 1',
    gone: ['1'],
    stay: ['2'],
  },
  workers: {
    setUp: `INSERT INTO workers (id, host, pid, seen_at)
      VALUES ('1', 'h', 1, ${old}), ('2', 'h', 1, now()), ('3', 'h', 1, now() - $1::float8 / 2 * interval '1 day')`,
    left: 'SELECT id FROM workers ORDER BY 1',
    gone: ['1'],
    stay: ['2', '3'],
  },
};
