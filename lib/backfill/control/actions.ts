'use server';

import { z } from 'zod';
import { action } from '@/lib/edge/action';
import { cancelPlan as cancel } from '../plan/cancel-plan';
import { RequestPlan } from '../plan/plan-request-model';
import { requestPlan as request } from '../plan/request-plan';
import { ControlRun, StartBackfill, StartUndo, StayRun } from '../state/command-model';
import { LiftStop, StopEverything } from '../state/stop-model';
import { askApproval as ask } from './ask-approval';
import { controlRun as control } from './control-run';
import { startBackfill as start } from './start-backfill';
import { askUndo as askForUndo, startUndo as undo } from './start-undo';
import { stayRun as stay } from './stay-run';
import { liftStop as lift, stopEverything as stop } from './stop-everything';

export const requestPlan = action({
  name: 'backfill.requestPlan',
  permission: 'backfill.plan',
  input: RequestPlan,
  verb: request,
});

export const cancelPlan = action({
  name: 'backfill.cancelPlan',
  permission: 'backfill.plan',
  input: z.object({ planId: z.uuid() }),
  stops: true,
  verb: cancel,
});

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

export const startUndo = action({
  name: 'undo.start',
  permission: 'backfill.run',
  input: StartUndo,
  verb: undo,
});

export const askUndo = action({
  name: 'undo.ask',
  permission: 'backfill.run',
  input: StartUndo,
  verb: askForUndo,
});

export const controlRun = action({
  name: 'backfill.control',
  permission: 'backfill.control',
  input: ControlRun,
  stops: true,
  verb: control,
});

export const stayRun = action({
  name: 'backfill.stay',
  permission: 'backfill.control',
  input: StayRun,
  verb: stay,
});

export const stopEverything = action({
  name: 'everything.stop',
  permission: 'everything.stop',
  input: StopEverything,
  stops: true,
  verb: stop,
});

export const liftStop = action({
  name: 'everything.lift',
  permission: 'everything.stop',
  input: LiftStop,
  verb: lift,
});
