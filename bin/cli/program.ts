import { Command } from 'commander';
import { release } from '@/lib/config';
import { addActiveDaysCommand } from './active-days';
import { addApprovalCommands } from './approvals';
import { addAuditCommands } from './audit';
import { addBackfillCommands } from './backfill';
import { addBackupCommands } from './backups';
import { addCampaignCommands } from './campaigns';
import { addCustomerCommands } from './customers';
import { addDemoCommands } from './demo';
import { exitCodeHelp } from './exit-codes';
import { addFindCommand } from './find';
import { addFindingCommands } from './findings';
import { addNotificationCommands } from './notifications';
import { addOrderCommands } from './orders';
import { addRetentionCommand } from './retention';
import { addRunCommands } from './runs';
import { addScanCommand } from './scan';
import { addScheduleCommand } from './schedule';
import { addSessionCommands } from './sessions';
import { addStopCommand } from './stop-everything';
import { addTokenCommands } from './tokens';
import { addTroubleCommand } from './trouble';
import { addUndoCommands } from './undo';

/** The command line with every verb. */
export function createProgram(): Command {
  const program = new Command('slc')
    .version(`${release.version} ${release.commit}`)
    .description('The stale label console from a terminal. Answers go to stdout, progress to stderr.')
    .addHelpText('afterAll', exitCodeHelp)
    .showHelpAfterError('(--help lists the commands and options)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addCustomerCommands(program);
  addFindCommand(program);
  addScanCommand(program);
  addScheduleCommand(program);
  addFindingCommands(program);
  addBackfillCommands(program);
  addRunCommands(program);
  addStopCommand(program);
  addUndoCommands(program);
  addCampaignCommands(program);
  addOrderCommands(program);
  addBackupCommands(program);
  addApprovalCommands(program);
  addTroubleCommand(program);
  addNotificationCommands(program);
  addActiveDaysCommand(program);
  addAuditCommands(program);
  addRetentionCommand(program);
  addTokenCommands(program);
  addSessionCommands(program);
  addDemoCommands(program);
  return program;
}
