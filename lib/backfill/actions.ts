'use server';

import { action } from '@/lib/server/action';
import { askApproval as ask } from './ask-approval';
import { controlRun as control } from './control-run';
import { ControlRun, StartBackfill } from './model';
import { startBackfill as start } from './start-backfill';

export const startBackfill = action({
  name: 'backfill.start',
  permission: 'backfill.run',
  input: StartBackfill,
  verb: start,
});

export const askApproval = action({
  name: 'backfill.askApproval',
  permission: 'backfill.run',
  input: StartBackfill,
  verb: ask,
});

export const controlRun = action({
  name: 'backfill.control',
  permission: 'backfill.control',
  input: ControlRun,
  verb: control,
});
