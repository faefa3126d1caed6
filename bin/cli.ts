import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { AppError, messageOf } from '@/lib/errors';
import { createLog } from '@/lib/log';
import { addActiveDaysCommand } from './cli/active-days';
import { addApprovalCommands } from './cli/approvals';
import { addAuditCommands } from './cli/audit';
import { addBackfillCommands } from './cli/backfill';
import { addBackupCommands } from './cli/backups';
import { addCustomerCommands } from './cli/customers';
import { addDemoCommands } from './cli/demo';
import { exitCodeHelp, exitCodeOf, exitCodes } from './cli/exit-codes';
import { say } from './cli/output';
import { addRunCommands } from './cli/runs';
import { addScanCommand } from './cli/scan';
import { addSessionCommands } from './cli/sessions';
import { addTokenCommands } from './cli/tokens';
import { addUndoCommands } from './cli/undo';

const program = new Command('slc')
  .description('The stale label console from a terminal. Answers go to stdout, progress to stderr.')
  .addHelpText('afterAll', exitCodeHelp)
  .showHelpAfterError('(--help shows what is possible)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

addCustomerCommands(program);
addScanCommand(program);
addBackfillCommands(program);
addRunCommands(program);
addUndoCommands(program);
addBackupCommands(program);
addApprovalCommands(program);
addActiveDaysCommand(program);
addAuditCommands(program);
addTokenCommands(program);
addSessionCommands(program);
addDemoCommands(program);

try {
  await program.parseAsync();
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
