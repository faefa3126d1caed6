import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@/lib/config';
import type { JobKind, JobSpec } from '../model';

/** Splits a configured command into words. Quoted text stays together. No shell is involved. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double = '', single = '') => double + single),
  );

/** The command for a kind of Job: the configured labeler, or a bundle of this project in `distDir`. */
export function commandOf(config: Config, distDir: string, kind: JobKind): string[] {
  if (kind !== 'relabel') return [process.execPath, join(distDir, 'job.mjs'), kind];
  if (config.labeler.command) return wordsOf(config.labeler.command);
  return [process.execPath, join(distDir, 'labeler.mjs')];
}

/**
 * The whole environment of a Job: inherited variables, the addresses of the engines, the credentials for its kind, and
 * the overrides of the spec. It gets nothing else of the launcher's environment, and the spec holds no credentials.
 */
export function environmentOf(config: Config, spec: JobSpec): Record<string, string> {
  const { clickhouse, labeler } = config;
  const common = {
    ...config.jobs.inherited,
    SLC_DATA_DIR: config.dataDir,
    CLICKHOUSE_URL: clickhouse.url,
    CLICKHOUSE_CLUSTER: clickhouse.cluster ?? '',
    SLC_TRUTH_TABLE: clickhouse.tables.truth,
    SLC_LABELS_TABLE: clickhouse.tables.labels,
  };
  const { users } = clickhouse;
  const own: Record<string, string> =
    spec.kind === 'relabel'
      ? {
          CLICKHOUSE_LABELER_USER: users.labeler.name,
          CLICKHOUSE_LABELER_PASSWORD: users.labeler.password,
          DATABASE_URL: config.postgres.url,
          CHATS_DATABASE_URL: config.chats.url,
          SLC_LABELER_VARIANT: labeler.variant,
          SLC_LABELER_RANGE_COLUMN: labeler.rangeColumn,
          SLC_LABELER_RANGE_END_INCLUSIVE: String(labeler.rangeEndInclusive),
        }
      : { CLICKHOUSE_DELETER_USER: users.deleter.name, CLICKHOUSE_DELETER_PASSWORD: users.deleter.password };
  const known = Object.entries({ ...common, ...own }).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(known), ...spec.envOverrides };
}

/** Why the command cannot be started, as a sentence, or null. Its program is searched in the PATH of the Job. */
export function faultOf(command: string[], path: string): string | null {
  const [program, script] = command;
  if (program === undefined) return 'No command is configured for this kind of Job.';
  const places = program.includes('/') ? [program] : path.split(':').map((place) => join(place, program));
  if (!places.some((place) => may(place, constants.X_OK)))
    return `The program ${program} does not exist or is not executable.`;
  if (script?.endsWith('.mjs') && !may(script, constants.R_OK))
    return `The program ${script} does not exist. Build it with "npm run build".`;
  return null;
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
