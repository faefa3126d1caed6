import type { z } from 'zod';
import { about, Whole } from './config-variable';

const Days = Whole.min(1).max(36_500);

/** How long the console keeps what grows by itself; docs/retention.md has the rules. */
export const retentionEnvironment = {
  SLC_KEEP_SCAN_DAYS: Days.default(14).meta(
    about('How long scans of the worker, looks after repairs and the hourly costs of the schedule are kept.'),
  ),
  SLC_KEEP_ASKED_SCAN_DAYS: Days.default(90).meta(about('How long scans that a person asked for are kept.')),
  SLC_KEEP_STEP_DAYS: Days.default(90).meta(
    about('How long the logs and orders of Jobs, and the events of runs and campaigns, are kept after their end.'),
  ),
  SLC_KEEP_CHANGE_DAYS: Days.default(90).meta(
    about(
      'How long each change of a day’s counts is kept. Of what is older the last change of each calendar day (UTC) stays.',
    ),
  ),
  SLC_KEEP_HISTORY_DAYS: Days.default(400).meta(
    about(
      'How long what scans found on a day, findings that are over, Active Days before and after a run, and the conversations that a run changed are kept. It is never shorter than `SLC_SCAN_DAYS`.',
    ),
  ),
  SLC_KEEP_DIFFERENCES: Whole.max(1_000_000)
    .default(20_000)
    .meta(
      about(
        'How many conversations are kept of each unit of a run with their old and new labels. With 0 only their number is kept.',
      ),
    ),
  SLC_KEEP_MESSAGE_DAYS: Days.default(90).meta(about('How long messages are kept after their case was resolved.')),
  SLC_KEEP_SESSION_DAYS: Days.default(30).meta(about('How long sessions are kept after their end.')),
};

type RetentionEnvironment = {
  [Name in keyof typeof retentionEnvironment]: z.output<(typeof retentionEnvironment)[Name]>;
};

/** In days, by what is kept. */
export const retentionConfig = (e: RetentionEnvironment & { SLC_SCAN_DAYS: number }) => ({
  scans: e.SLC_KEEP_SCAN_DAYS,
  'asked scans': e.SLC_KEEP_ASKED_SCAN_DAYS,
  steps: e.SLC_KEEP_STEP_DAYS,
  changes: e.SLC_KEEP_CHANGE_DAYS,
  // A day that is scanned still would otherwise be written again after each round.
  history: Math.max(e.SLC_KEEP_HISTORY_DAYS, e.SLC_SCAN_DAYS + 2),
  messages: e.SLC_KEEP_MESSAGE_DAYS,
  sessions: e.SLC_KEEP_SESSION_DAYS,
});

/** The variable of each. */
export const retentionVariables = {
  scans: 'SLC_KEEP_SCAN_DAYS',
  'asked scans': 'SLC_KEEP_ASKED_SCAN_DAYS',
  steps: 'SLC_KEEP_STEP_DAYS',
  changes: 'SLC_KEEP_CHANGE_DAYS',
  history: 'SLC_KEEP_HISTORY_DAYS',
  messages: 'SLC_KEEP_MESSAGE_DAYS',
  sessions: 'SLC_KEEP_SESSION_DAYS',
} as const satisfies Record<keyof ReturnType<typeof retentionConfig>, keyof typeof retentionEnvironment>;
