'use server';

import { action } from '@/lib/edge/action';
import { askKill as ask } from './ask-kill';
import { AskKill, PlanKill, StartKill } from './kill-model';
import { planKill as plan } from './plan-kill';
import { startKill as start } from './start-kill';

export const planKill = action({ name: 'mutation.planKill', permission: 'backfill.run', input: PlanKill, verb: plan });

export const askKill = action({ name: 'mutation.askKill', permission: 'backfill.run', input: AskKill, verb: ask });

export const startKill = action({ name: 'mutation.kill', permission: 'mutation.kill', input: StartKill, verb: start });
