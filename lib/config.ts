import { resolve } from 'node:path';
import manifest from '../package.json';
import { authConfig } from './config-auth';
import { Environment } from './config-environment';
import { holdsConfig } from './config-holds';
import { notificationsConfig } from './config-notifications';
import { retentionConfig } from './config-retention';
import { AppError } from './errors';
import { readRunFile } from './run-file';

/** The release that runs: the version of the package, and the commit that it was built from, if known. */
export const release = {
  version: manifest.version,
  // NOTE: scripts/build.mjs and next.config.js put the commit in place of the second name.
  commit: (process.env.SLC_COMMIT || process.env.SLC_BUILT_COMMIT || '').slice(0, 12) || 'unknown',
};

const minutes = (value: number) => value * 60_000;
export type ClickHouseUser = { name: string; password: string };
export type Config = ReturnType<typeof loadConfig>;

function pick(env: NodeJS.ProcessEnv, names: string[]): Record<string, string> {
  const entries = names.map((name) => [name, env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * The configuration of a process: environment first, then `run.json` of the data folder, then defaults.
 * Throws AppError('invalid_input') with every key at fault. Connections that are not known are empty strings;
 * who needs one asks `requireEngines`.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env) {
  const parsed = Environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new AppError('invalid_input', `The configuration is not usable. ${faults.join('; ')}.`);
  }
  const e = parsed.data;
  const dataDir = resolve(e.SLC_DATA_DIR);
  const run = readRunFile(dataDir);
  const baseUrl = e.SLC_BASE_URL ?? run?.webUrl ?? `http://${e.HOST}:${e.PORT}`;
  const user = (name: string, password: string | undefined): ClickHouseUser => ({
    name,
    password: password ?? run?.clickhouseUsers[name] ?? '',
  });
  return {
    dataDir,
    help: { contact: e.SLC_HELP_CONTACT ?? null },
    environment: {
      name: e.SLC_ENVIRONMENT,
      production: e.SLC_PRODUCTION,
      cluster: e.CLICKHOUSE_CLUSTER ?? null,
      /** Where Jobs run, as "cluster / namespace"; null for local processes. */
      kubernetes:
        e.SLC_LAUNCHER === 'kubernetes'
          ? `${e.SLC_KUBERNETES_CLUSTER ?? e.SLC_KUBERNETES_CONTEXT ?? 'this cluster'} / ${e.SLC_KUBERNETES_NAMESPACE}`
          : null,
    },
    /** The address of a ticket with `{ticket}` in place of its id; null where reasons are plain text. */
    ticketUrl: e.SLC_TICKET_URL ?? null,
    logLevel: e.SLC_LOG_LEVEL,
    web: { host: e.HOST, port: e.PORT, baseUrl },
    /** `ownerUrl` is only for migrations; empty if the console's role owns its tables. */
    postgres: { url: e.DATABASE_URL ?? run?.postgresUrl ?? '', ownerUrl: e.MIGRATION_DATABASE_URL ?? '' },
    /** `ownerUrl` may write. It is only for demo data. */
    chats: {
      url: e.CHATS_DATABASE_URL ?? run?.chatsUrl ?? '',
      ownerUrl: e.CHATS_DATABASE_URL ?? run?.chatsOwnerUrl ?? '',
    },
    /** The engines that the environment names, which the supervisor then does not start. */
    given: {
      clickhouse: e.CLICKHOUSE_URL ?? null,
      postgres: e.DATABASE_URL ?? null,
      chats: e.CHATS_DATABASE_URL ?? null,
    },
    clickhouse: {
      url: e.CLICKHOUSE_URL ?? run?.clickhouseUrl ?? '',
      cluster: e.CLICKHOUSE_CLUSTER ?? null,
      /** Host and port as configured, by which a Job knows that it is on the cluster of its plan; null: embedded. */
      address: e.CLICKHOUSE_URL ? new URL(e.CLICKHOUSE_URL).host : null,
      users: {
        reader: user(e.CLICKHOUSE_READER_USER, e.CLICKHOUSE_READER_PASSWORD),
        labeler: user(e.CLICKHOUSE_LABELER_USER, e.CLICKHOUSE_LABELER_PASSWORD),
        deleter: user(e.CLICKHOUSE_DELETER_USER, e.CLICKHOUSE_DELETER_PASSWORD),
        admin: user(e.CLICKHOUSE_ADMIN_USER, e.CLICKHOUSE_ADMIN_PASSWORD),
      },
      tables: { truth: e.SLC_TRUTH_TABLE, labels: e.SLC_LABELS_TABLE },
    },
    detection: {
      safetyMarginMs: minutes(e.SLC_SAFETY_MARGIN_MINUTES),
      /** Conversations of one chunk, about 70 bytes each in ClickHouse's memory. */
      chunkConversations: 1_000_000,
      scanDays: e.SLC_SCAN_DAYS,
      scanEveryMs: minutes(e.SLC_SCAN_EVERY_MINUTES),
      /** Statements of regular scans at a time, and how long these may run in an hour. */
      scanConcurrent: e.SLC_SCAN_CONCURRENT,
      /** Rows of both tables up to which one statement may group all of them; no setting. */
      fewRowsMost: 100_000,
      scanBudgetMs: e.SLC_SCAN_SECONDS_AN_HOUR * 1_000,
      /** Bounds of a quick check. */
      quickRowsMax: 2_000_000,
      quickSecondsMax: 10,
    },
    jobs: {
      launcher: e.SLC_LAUNCHER,
      deadlineSeconds: e.SLC_JOB_DEADLINE_MINUTES * 60,
      /** The order of a Job of this project, as JSON. The worker that launches it sets it. */
      order: e.SLC_JOB_ORDER ?? null,
      /** The variables that a Job inherits if it runs as a local process. */
      inherited: pick(env, ['PATH', 'HOME', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS']),
    },
    kubernetes: {
      /** A context of the kubeconfig; null for the pod's own account. */
      context: e.SLC_KUBERNETES_CONTEXT ?? null,
      /** The context of the web process, if one supervisor starts web and worker. */
      webContext: e.SLC_KUBERNETES_WEB_CONTEXT ?? null,
      kubeconfig: e.SLC_KUBERNETES_KUBECONFIG ?? null,
      /** The name of the cluster in the header; null for its name in the kubeconfig. */
      cluster: e.SLC_KUBERNETES_CLUSTER ?? null,
      /** The account and API server of the pod that this process runs in; `host` is null outside of one. */
      pod: {
        folder: e.SLC_KUBERNETES_ACCOUNT_FOLDER,
        host: e.KUBERNETES_SERVICE_HOST ?? null,
        port: e.KUBERNETES_SERVICE_PORT,
      },
      namespace: e.SLC_KUBERNETES_NAMESPACE,
      cronJob: e.SLC_KUBERNETES_CRONJOB,
      container: e.SLC_KUBERNETES_CONTAINER ?? null,
      /** The suspended CronJob that this project's own Jobs are made from. */
      jobTemplate: e.SLC_KUBERNETES_JOB_TEMPLATE,
    },
    labeler: {
      command: e.SLC_LABELER_COMMAND ?? null,
      variant: e.SLC_LABELER_VARIANT,
      rangeColumn: e.SLC_LABELER_RANGE_COLUMN,
      rangeEndInclusive: e.SLC_LABELER_RANGE_END_INCLUSIVE,
      /** The three variables of the cron as text; the labeler parses them. */
      rangeStart: e.LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_START ?? null,
      rangeEnd: e.LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_END ?? null,
      customerFilter: e.FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE ?? null,
    },
    /** How long a request waits, and how long an approval can be used. */
    approvals: { holdsMs: minutes(60 * e.SLC_APPROVAL_HOURS) },
    backfill: {
      /** The age at which a backup may be dropped. */
      backupDays: e.SLC_BACKUP_DAYS,
      approvalRows: e.SLC_APPROVAL_ROWS,
      unitRows: e.SLC_UNIT_ROWS,
      /** Conversations that are kept of each unit with their old and new labels. */
      differencesMost: e.SLC_KEEP_DIFFERENCES,
      /** Where the worker ends itself with SIGKILL, such as "after:delete". Only the kill tests set it. */
      faultAt: e.SLC_FAULT ?? null,
    },
    holds: holdsConfig(e),
    retention: retentionConfig(e),
    /** The port of the metrics, beside `/api/metrics`; null for none. */
    metrics: { port: e.SLC_METRICS_PORT ?? null },
    notifications: notificationsConfig(e),
    /** The number of conversations of the demo's large customer, if it is set. */
    demo: { conversations: e.SLC_DEMO_CONVERSATIONS ?? null },
    auth: authConfig(e, { host: e.HOST, baseUrl, production: e.SLC_PRODUCTION }),
  };
}

/** Throws AppError('unavailable') if a process has no engine to connect to. */
export function requireEngines(config: Config): void {
  if (config.postgres.url && config.clickhouse.url) return;
  throw new AppError(
    'unavailable',
    `No running console was found in ${config.dataDir}. Start it with "npm start", or set DATABASE_URL and CLICKHOUSE_URL.`,
  );
}

/** The environment of a child process: that of this process and `extra`. */
export function childEnvironment(extra: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}

/** Whether Next serves hot reloads, which need less strict headers. */
export const isDevelopment = process.env.NODE_ENV === 'development';

/** The value of a variable that a command line names, so that the command line holds no password. */
export function environmentValue(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new AppError('invalid_input', `The environment has no ${name}.`);
  return value;
}
