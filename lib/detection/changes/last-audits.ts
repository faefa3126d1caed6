import type { Db } from '@/lib/postgres/client';
import { count, formatNumber } from '@/lib/words';
import type { ScanAudit } from './model';
import { selectLastAudits } from './sql/audits';

/** The newest audit of each customer that has one, or of one customer, sorted by customer. */
export async function lastAudits({ db }: { db: Db }, customerId: string | null = null): Promise<ScanAudit[]> {
  return db.query(selectLastAudits, { customerId });
}

/** What an audit found, as pages and the CLI say it. */
export function auditSentence({ days, conversations, missed, sentence }: ScanAudit): string {
  const found = `looked again at ${count(conversations, 'conversation')}, missed ${formatNumber(missed)}`;
  if (sentence === null) return found;
  return days === 0 ? sentence : `${found}; ${sentence}`;
}
