import type { Context } from '@/lib/context';
import type { Customer, CustomerTables, Scope } from '@/lib/customers/model';
import { detectionColumns } from '@/lib/detection/judge/sql/columns';
import type { Strategy } from '../../state/name-model';
import type { CheckOutcome, PreCheck, UnitPlan } from '../../state/plan-model';
import type { RepairIdentifiers } from '../sql/tables';

/**
 * What a pre-check looks at: `days` are read, `executed` are all days that the run deletes or relabels (the edges lie
 * around them).
 */
export type CheckInput = {
  customer: Customer;
  tables: CustomerTables;
  strategy: Strategy;
  scope: Scope;
  units: UnitPlan[];
  executed: string[];
};

export type Check = {
  id: string;
  title: string;
  /** It says what is there and never stops a run. */
  onlyInforms?: true;
  /** It asks what was read of the labels of the units, beyond which units they are. */
  asksLabels?: true;
  look(ctx: Context, input: CheckInput): Promise<Finding>;
};
export type Finding = { verdict: CheckOutcome; sentence: string; numbers?: Record<string, number> };

export const pass = (sentence: string, numbers = {}): Finding => ({ verdict: 'pass', sentence, numbers });
export const fail = (sentence: string, numbers = {}): Finding => ({ verdict: 'fail', sentence, numbers });
export const unknown = (sentence: string, numbers = {}): Finding => ({ verdict: 'unknown', sentence, numbers });

export const toPreCheck = (check: Check, finding: Finding): PreCheck => ({
  id: check.id,
  title: check.title,
  verdict: finding.verdict,
  sentence: finding.sentence,
  numbers: finding.numbers ?? {},
});

export const repairIdentifiers = (tables: CustomerTables): RepairIdentifiers => detectionColumns(tables);
