import type { Db } from '@/lib/postgres/client';
import { selectAffectedDays } from './sql';
import { type AffectedCustomer, listedDays } from './summary-model';

/** Every customer, in order of their names, with its affected days as they were last counted. */
export const listAffectedDays = ({ db }: { db: Db }): Promise<AffectedCustomer[]> =>
  db.query(selectAffectedDays, { days: listedDays });
