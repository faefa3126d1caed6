import { z } from 'zod';
import type { Failure } from '@/lib/edge/model';
import { PlanRequest, PlanUndo } from '../state/command-model';
import type { Plan } from '../state/plan-model';
import type { PlanStep } from './step-model';

/** What the worker is asked to preview: a backfill of a range, or the undo of a former run. */
export const RequestPlan = z.discriminatedUnion('kind', [
  PlanRequest.extend({ kind: z.literal('backfill') }).strict(),
  PlanUndo.extend({ kind: z.literal('undo') }).strict(),
]);
export type RequestPlan = z.input<typeof RequestPlan>;

export const planRequestStatuses = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

/** Hears how far a preview is: `done` of `total` parts of a step. */
export type ReportPlan = (step: PlanStep, done: number, total: number) => void;

/** A preview that was asked for. `workers` are those that were heard from lately; instants are milliseconds. */
export type PlanProgress = {
  id: string;
  status: (typeof planRequestStatuses)[number];
  step: PlanStep | null;
  done: number;
  /** Parts of the step; null before the first. */
  total: number | null;
  requestedAtMs: number;
  workers: number;
  failure: Failure | null;
  plan: Plan | null;
};
