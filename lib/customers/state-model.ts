import { count } from '@/lib/words';
import type { RegisteredCustomer } from './model';

/**
 * Whether a customer is worked on. `paused`: no scans and no new repairs. `retired`: as paused, and lists leave it out
 * unless one asks for it.
 */
export const customerStates = ['active', 'paused', 'retired'] as const;
export type CustomerStateName = (typeof customerStates)[number];

/** A customer of the registry with its state and the number of its changes. */
export type StoredCustomer = RegisteredCustomer & {
  version: number;
  state: CustomerStateName;
  stateReason: string | null;
  stateAtMs: number | null;
  changedBy: string | null;
  changedAtMs: number | null;
};

/** What is there of a customer when it is changed: what goes on, what stops, and what keeps a change back. */
export type CustomerUse = {
  activeRuns: number;
  plans: number;
  approvals: number;
  campaigns: number;
  scans: number;
  runningScans: number;
  openFindings: number;
  countedDays: number;
  relooks: number;
  orders: { id: string; named: boolean }[];
};

/** A customer as it can be changed: its values, what uses it, and what was set aside by earlier changes. */
export type CustomerChange = {
  customer: StoredCustomer;
  use: CustomerUse;
  setAside: {
    id: number;
    retiredAtMs: number;
    retiredBy: string;
    timeZone: string;
    database: string;
    profiles: string[];
    days: number;
    findings: number;
  }[];
};

/** The fields whose change makes other days, or other conversations, of what was counted. */
export const countedFields = ['timeZone', 'database', 'profiles'] as const;
export type CountedField = (typeof countedFields)[number];

type Kept = Pick<RegisteredCustomer, CountedField>;

/** The fields of `countedFields` that differ. */
export const countedChanges = (before: Kept, after: Kept): CountedField[] =>
  countedFields.filter((field) => String([before[field]].flat().sort()) !== String([after[field]].flat().sort()));

const named: Record<CountedField, string> = { timeZone: 'time zone', database: 'database', profiles: 'profiles' };

/** "time zone and profiles". */
export const fieldsInWords = (fields: readonly CountedField[]): string => fields.map((one) => named[one]).join(' and ');

const orderWords = (use: CustomerUse): string => count(use.orders.length, 'standing order');

/** Why the change cannot be made now; null where it can. */
export function whyNotNow(use: CustomerUse, change: 'recount' | 'retire'): string | null {
  const parts: string[] = [];
  if (use.activeRuns > 0)
    parts.push(`${count(use.activeRuns, 'run')} of it ${use.activeRuns === 1 ? 'is' : 'are'} not over`);
  if (use.campaigns > 0)
    parts.push(
      `${count(use.campaigns, 'campaign')} ${use.campaigns === 1 ? 'has' : 'have'} it and ${use.campaigns === 1 ? 'is' : 'are'} not over`,
    );
  if (change === 'recount' && use.plans > 0)
    parts.push(`${count(use.plans, 'preview')} of it ${use.plans === 1 ? 'is' : 'are'} being made`);
  if (change === 'recount' && use.approvals > 0)
    parts.push(`${count(use.approvals, 'approval')} of it ${use.approvals === 1 ? 'is' : 'are'} open`);
  if (change === 'recount' && use.runningScans > 0) parts.push('a scan of it is running');
  return parts.length === 0
    ? null
    : `Not now: ${parts.join(', and ')}. End that first, or wait for it. Nothing was changed.`;
}

/** What a pause or retirement does, and does not do, sentence by sentence. */
export function effectsOfStop(use: CustomerUse, state: 'paused' | 'retired'): string[] {
  return [
    'It is not scanned any more, neither by the schedule nor when a person asks.',
    use.scans > 0 ? `${count(use.scans, 'scan')} that wait or run go on to their end.` : '',
    'No backfill and no undo of it can be planned or started until it is resumed.',
    use.activeRuns > 0
      ? `${count(use.activeRuns, 'run')} under way ${use.activeRuns === 1 ? 'goes' : 'go'} on: a pause stops no repair.`
      : '',
    use.orders.length > 0
      ? `${orderWords(use)} ${use.orders.length === 1 ? 'leaves' : 'leave'} it out each night, and ${use.orders.length === 1 ? 'goes' : 'go'} on for others.`
      : '',
    use.campaigns > 0
      ? `${count(use.campaigns, 'campaign')} ${use.campaigns === 1 ? 'sets' : 'set'} it aside at its turn.`
      : '',
    use.approvals > 0 ? `${count(use.approvals, 'approval')} of it can be given, but nothing starts.` : '',
    use.openFindings > 0
      ? `${count(use.openFindings, 'finding')} ${use.openFindings === 1 ? 'stays' : 'stay'} open, as old as the last scan.`
      : '',
    use.relooks > 0
      ? `${count(use.relooks, 'relook')} at repaired days ${use.relooks === 1 ? 'waits' : 'wait'} until it is resumed.`
      : '',
    state === 'retired'
      ? 'Lists leave it out unless one asks for retired customers. Its runs, audit and history stay readable.'
      : 'Nobody is told that it is overdue.',
  ].filter((sentence) => sentence !== '');
}

/** What a change of counted fields does to what was counted, sentence by sentence. */
export function effectsOfRecount(use: CustomerUse, fields: readonly CountedField[], id: string): string[] {
  const of = fieldsInWords(fields);
  return [
    `What was counted with the old ${of} is set aside: ${count(use.countedDays, 'day')} and ${count(use.openFindings, 'open finding')}. It can be read, and is not shown as if it were counted with the new ${of}.`,
    'A full scan counts every day again.',
    use.relooks > 0 ? `${count(use.relooks, 'relook')} at repaired days ${use.relooks === 1 ? 'ends' : 'end'}.` : '',
    fields.includes('timeZone') ? 'Days begin and end at other instants. Runs keep the days of the old time zone.' : '',
    fields.includes('timeZone') || fields.includes('database')
      ? 'Backups of earlier runs cannot be brought back by an undo.'
      : '',
    fields.includes('database')
      ? `The id ${id} will mean another database. Its runs and its audit so far are of the old one.`
      : '',
    use.orders.length > 0
      ? `${orderWords(use)} that ${use.orders.length === 1 ? 'includes' : 'include'} it ${use.orders.length === 1 ? 'repairs' : 'repair'} by the new ${of}.`
      : '',
  ].filter((sentence) => sentence !== '');
}
