import { AppError, type ErrorCode } from '@/lib/errors';

/** What a program can tell from the exit code alone; `docs/cli.md` and `--help` say the same. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  unavailable: 3,
  refused: 4,
  notGood: 5,
  needsApproval: 6,
} as const;

const ofError: Record<ErrorCode, number> = {
  invalid_input: exitCodes.usage,
  not_found: exitCodes.usage,
  unauthenticated: exitCodes.refused,
  forbidden: exitCodes.refused,
  conflict: exitCodes.refused,
  refused: exitCodes.refused,
  limit: exitCodes.refused,
  unavailable: exitCodes.unavailable,
};

/** The exit code of anything thrown. */
export const exitCodeOf = (error: unknown): number =>
  error instanceof AppError ? ofError[error.code] : exitCodes.failed;

export const exitCodeHelp = `
Exit codes:
  0  done
  1  failed; the log on stderr says how
  2  wrong usage: an argument, a customer or a run that is not there
  3  an engine of the console does not answer
  4  refused: a pre-check, a conflict, a limit
  5  done, but not good: a check failed, a run did not end verified, --fail-if-affected found something
  6  not started: a second person must approve exactly this plan first
  130, 143  interrupted: a scan is cancelled, a backfill goes on in the worker`;
