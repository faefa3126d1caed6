import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { authEnvironment } from './config-auth';
import { holdsEnvironment } from './config-holds';
import { notificationsEnvironment } from './config-notifications';
import { retentionEnvironment } from './config-retention';
import { about, Text, Whole } from './config-variable';

const Flag = z.stringbool();
const Name = z.string().regex(/^[a-z0-9.-]{1,253}$/);

/** Node reads the file once, before any of this, and goes on without it when it cannot. */
function holdsCertificates(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('-----BEGIN CERTIFICATE-----');
  } catch {
    return false;
  }
}

const connections = {
  DATABASE_URL: Text.optional().meta(
    about('The console’s own Postgres, as the role of web, worker and command line.', 'embedded'),
  ),
  MIGRATION_DATABASE_URL: Text.optional().meta(
    about('The same Postgres as the role that owns the tables. Only migrations use it.', '`DATABASE_URL`'),
  ),
  CHATS_DATABASE_URL: Text.optional().meta(
    about('Postgres with the labeler’s `chats`. The console only reads it.', 'embedded'),
  ),
  CLICKHOUSE_URL: z.url().optional().meta(about('ClickHouse over HTTP.', 'embedded')),
  CLICKHOUSE_CLUSTER: Text.optional().meta(
    about(
      'A guard: customers whose labels are read from another cluster are refused. The cluster itself is taken from the Distributed engine of each table.',
    ),
  ),
  CLICKHOUSE_READER_USER: z
    .string()
    .default('slc_reader')
    .meta(about('The user of web, worker and command line. It may only SELECT.')),
  CLICKHOUSE_READER_PASSWORD: Text.optional().meta(
    about('The password of the reader, the user of web, worker and command line.'),
  ),
  CLICKHOUSE_LABELER_USER: z
    .string()
    .default('slc_labeler')
    .meta(about('The user of relabel Jobs that run as local processes. It may SELECT and INSERT.')),
  CLICKHOUSE_LABELER_PASSWORD: Text.optional().meta(about('The password of the labeler’s user.')),
  CLICKHOUSE_DELETER_USER: z
    .string()
    .default('slc_deleter')
    .meta(about('The user of all other Jobs: backup, prove, delete, restore, kill and drop.')),
  CLICKHOUSE_DELETER_PASSWORD: Text.optional().meta(
    about('The password of the deleter, the user of the Jobs that back up, delete and restore.'),
  ),
  NODE_EXTRA_CA_CERTS: z
    .string()
    .refine(holdsCertificates, 'must be a readable file of PEM certificates')
    .optional()
    .meta(
      about(
        'A file with the certificates of a private authority, for Postgres, ClickHouse, the OpenID provider and Kubernetes. Node itself reads this variable.',
      ),
    ),
  SLC_TRUTH_TABLE: z.string().default('conversation_d').meta(about('The Distributed table of the truth.')),
  SLC_LABELS_TABLE: z
    .string()
    .default('conversation_with_labels_d')
    .meta(about('The Distributed table of the labels.')),
};

/** An address on the web that names the ticket. */
const isTicketUrl = (text: string) =>
  text.includes('{ticket}') && /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text.replaceAll('{ticket}', 'A-1'));

const pages = {
  HOST: z.string().default('127.0.0.1').meta(about('The address on which the pages listen.')),
  PORT: Whole.default(3000).meta(about('The port on which the pages listen.')),
  SLC_BASE_URL: z
    .url()
    .optional()
    .meta(about('The address that people open, without a path. Links and cookies use it.', '`http://HOST:PORT`')),
  SLC_ENVIRONMENT: z.string().default('embedded demo').meta(about('The name in the header of every page.')),
  SLC_PRODUCTION: Flag.default(false).meta(
    about('Production: a red line on every page, no demo sign-in and no demo data.'),
  ),
  SLC_TICKET_URL: z
    .string()
    .refine(isTicketUrl, 'must be an http or https address with {ticket} in it')
    .optional()
    .meta(
      about(
        'The address of a ticket, such as `https://tickets.example.com/browse/{ticket}`. With it, ids such as `CONVI-6242` in reasons are links.',
      ),
    ),
  SLC_HELP_CONTACT: Text.optional().meta(
    about(
      'Whom people ask, for Help: a name, a channel, an e-mail address, or an address that begins with `https://`.',
    ),
  ),
};

const processes = {
  SLC_DATA_DIR: z
    .string()
    .default('.data')
    .meta(about('The folder of the embedded engines’ data, local Jobs, logs and `run.json`.')),
  SLC_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta(about('How much is logged: `trace`, `debug`, `info`, `warn`, `error` or `silent`.')),
  SLC_METRICS_PORT: Whole.min(1)
    .max(65_534)
    .optional()
    .meta(
      about(
        'The port on which each of web and worker serves `/metrics`, and `/alive` for a probe. Where one start runs both, the worker takes the next port. It needs `SLC_METRICS_TOKEN` only if that is set.',
      ),
    ),
  SLC_COMMIT: z
    .string()
    .optional()
    .meta(about('The commit that the menu, `/api/health`, logs and metrics name.', 'the commit of the build')),
};

const scans = {
  SLC_SAFETY_MARGIN_MINUTES: Whole.default(120).meta(
    about('How long a conversation is "settling" after it ended or changed. It is not judged before.'),
  ),
  SLC_SCAN_DAYS: Whole.min(1)
    .max(366)
    .default(35)
    .meta(about('How many of the newest days of each customer the worker scans on its own.')),
  SLC_SCAN_EVERY_MINUTES: z.coerce
    .number()
    .min(0)
    .max(1_440)
    .default(5)
    .meta(
      about(
        'How often it looks at them, such as `0.5` for twice a minute. With 0 it scans each customer until one scan succeeded.',
      ),
    ),
  SLC_SCAN_CONCURRENT: Whole.min(2)
    .max(64)
    .default(4)
    .meta(
      about(
        'How many statements of its own scans run on ClickHouse at a time, over all workers. Each of them scans one customer with at most two.',
      ),
    ),
  SLC_SCAN_SECONDS_AN_HOUR: Whole.min(1)
    .default(1_800)
    .meta(
      about(
        'The budget of its own scans and looks in an hour of the clock: seconds in which their statements run, on one thread each. Once it is spent nothing of its own begins before the next hour.',
      ),
    ),
};

const repairs = {
  SLC_APPROVAL_ROWS: Whole.default(50_000).meta(
    about(
      'A backfill that deletes more label rows than this needs the approval of a second person. What nobody approved for the customer in the last 24 hours counts as well.',
    ),
  ),
  SLC_UNIT_ROWS: Whole.min(1)
    .default(100_000)
    .meta(
      about(
        'Affected days that follow each other are repaired as one unit while they have at most this many label rows. A day with more is a unit of its own.',
      ),
    ),
  SLC_APPROVAL_HOURS: Whole.min(1)
    .max(720)
    .default(24)
    .meta(about('How long a request for an approval waits, and how long an approval can be used.')),
  SLC_BACKUP_DAYS: Whole.min(1)
    .max(3_650)
    .default(30)
    .meta(about('Backups of runs that are over are dropped at this age.')),
};

const jobs = {
  SLC_LAUNCHER: z
    .enum(['process', 'kubernetes'])
    .default('process')
    .meta(about('Where Jobs run: as local processes (`process`) or as Kubernetes Jobs (`kubernetes`).')),
  SLC_JOB_DEADLINE_MINUTES: Whole.min(1).default(60).meta(about('How long a Job may run.')),
  SLC_KUBERNETES_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .default('default')
    .meta(about('The namespace in which Jobs run.')),
  SLC_KUBERNETES_CRONJOB: Name.default('cron-label-conversations').meta(
    about('The labeler’s CronJob, from which relabel Jobs are made.'),
  ),
  SLC_KUBERNETES_CONTAINER: Text.optional().meta(
    about('The labeler’s container in the pods of that CronJob.', 'the only one'),
  ),
  SLC_KUBERNETES_JOB_TEMPLATE: Name.default('slc-job').meta(
    about('The suspended CronJob from which all other Jobs are made.'),
  ),
  SLC_KUBERNETES_CLUSTER: Text.optional().meta(
    about('What the header calls the Kubernetes cluster.', 'the name of the context'),
  ),
  SLC_KUBERNETES_CONTEXT: Text.optional().meta(about('A context of a kubeconfig.', 'the account of the pod')),
  SLC_KUBERNETES_KUBECONFIG: Text.optional().meta(about('The path of that kubeconfig.', '`~/.kube/config`')),
};

const labeler = {
  SLC_LABELER_RANGE_COLUMN: z
    .enum(['created_at', 'ended_at'])
    .default('created_at')
    .meta(about('The column of `chats` by which the labeler selects its range: `created_at` or `ended_at`.')),
  SLC_LABELER_RANGE_END_INCLUSIVE: Flag.default(false).meta(
    about('Whether the end of the labeler’s range belongs to the range.'),
  ),
  SLC_LABELER_COMMAND: Text.optional().meta(
    about('What a relabel Job runs when it is a local process.', 'the reference labeler'),
  ),
  SLC_LABELER_VARIANT: z
    .enum(['created_at', 'lookback', 'ended_at'])
    .default('created_at')
    .meta(about('How the reference labeler works without a range: `created_at` (the bug), `lookback` or `ended_at`.')),
};

const demo = {
  SLC_DEMO_CONVERSATIONS: Whole.min(30)
    .optional()
    .meta(
      about(
        'How many conversations the large customer of the demo has. The next start with another number makes that customer again.',
        '`300000` at first',
      ),
    ),
  CLICKHOUSE_ADMIN_USER: z.string().default('admin').meta(about('The user that makes tables for demo data and tests.')),
  CLICKHOUSE_ADMIN_PASSWORD: Text.optional().meta(about('The password of that user.')),
};

const byPlatform = {
  SLC_JOB_ORDER: Text.optional().meta(about('What a Job has to do, as JSON. The worker sets it.')),
  LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_START: z
    .string()
    .optional()
    .meta(about('The start of the labeler’s range. The worker sets it, as the cron knows it.')),
  LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_END: z
    .string()
    .optional()
    .meta(about('The end of that range.')),
  FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE: z
    .string()
    .optional()
    .meta(about('The customer, or several with commas, that the labeler labels.', 'every customer')),
  KUBERNETES_SERVICE_HOST: Text.optional().meta(about('The host of the API server. Kubernetes sets it in each pod.')),
  KUBERNETES_SERVICE_PORT: z.string().min(1).default('443').meta(about('The port of the API server.')),
};

const testsOnly = {
  SLC_KUBERNETES_ACCOUNT_FOLDER: z
    .string()
    .min(1)
    .default('/var/run/secrets/kubernetes.io/serviceaccount')
    .meta(about('The folder that holds the token of the pod’s account.')),
  SLC_KUBERNETES_WEB_CONTEXT: Text.optional().meta(
    about(
      'The context of the pages, where one start runs pages and worker with different rights.',
      'that of the worker',
    ),
  ),
  SLC_FAULT: z
    .string()
    .regex(/^(before|after):(check|snapshot|backup|delete|mutation|relabel|prove|restore|verify)$/)
    .optional()
    .meta(about('Where the worker ends itself with SIGKILL, such as `after:delete`.')),
};

/** Every environment variable that the project reads, in the groups of docs/configuration.md. */
export const groups = {
  'Connections and tables': connections,
  Pages: pages,
  'Who may come in': authEnvironment,
  Scans: scans,
  'Repairs and backups': repairs,
  Holds: holdsEnvironment,
  'What is kept': retentionEnvironment,
  Notifications: notificationsEnvironment,
  'Jobs and Kubernetes': jobs,
  'The labeler': labeler,
  Processes: processes,
  'The demo': demo,
  'Set by the console or by Kubernetes': byPlatform,
  'For tests and the local cluster': testsOnly,
};

export const Environment = z.object({
  ...connections,
  ...pages,
  ...authEnvironment,
  ...scans,
  ...repairs,
  ...holdsEnvironment,
  ...retentionEnvironment,
  ...notificationsEnvironment,
  ...jobs,
  ...labeler,
  ...processes,
  ...demo,
  ...byPlatform,
  ...testsOnly,
});
export type Environment = z.infer<typeof Environment>;
