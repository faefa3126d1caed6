import { AppError, type ErrorCode } from '@/lib/errors';

/** The exit codes, which `docs/cli.md` and `--help` list too. */
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

/** The exit code for anything that was thrown. */
export const exitCodeOf = (error: unknown): number =>
  error instanceof AppError ? ofError[error.code] : exitCodes.failed;

export const exitCodeHelp = `
Exit codes:
  0  done
  1  failed; the log on stderr says why
  2  wrong usage: an argument is wrong, or a customer or run does not exist
  3  an engine of the console does not answer
  4  refused: a pre-check, a conflict, a limit
  5  done, with a bad result: a check failed, a run did not end verified, --fail-if-affected found something
  6  not started: a second person must first approve exactly this plan
  130, 143  interrupted: a scan is cancelled, a backfill continues in the worker`;
