import { CommanderError } from 'commander';
import { z } from 'zod';
import { AppError, messageOf } from '@/lib/errors';
import { createLog } from '@/lib/log';
import { exitCodeOf, exitCodes } from './cli/exit-codes';
import { say } from './cli/output';
import { createProgram } from './cli/program';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else if (error instanceof z.ZodError) {
    process.exitCode ??= exitCodes.usage;
    say(z.prettifyError(error));
  } else {
    process.exitCode ??= exitCodeOf(error);
    say(messageOf(error));
    if (!(error instanceof AppError)) createLog('cli').error({ err: error }, 'the command failed');
  }
}
