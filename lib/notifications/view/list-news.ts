import type { Actor } from '@/lib/auth/model';
import { roles } from '@/lib/auth/permissions';
import type { Db } from '@/lib/postgres/client';
import { concerns, reaches } from '../rules-model';
import { selectNews } from '../sql/view';
import type { News } from '../view-model';
import { readRules } from './read-notifications';

/** A browser asks far more often than this, and remembers what it showed. */
const withinMs = 15 * 60_000;
const newsMost = 50;
/** Cases that are looked at, of which rules and the role leave some out. */
const casesMost = 5_000;

/** What changed in the last minutes, as far as the rules of the browser and a person's role allow it. */
export async function listNews({ db }: { db: Db }, actor: Pick<Actor, 'role'>): Promise<News[]> {
  const found = await db.query(selectNews, { withinMs, rowsMax: casesMost });
  if (found.length === 0) return [];
  const rules = (await readRules({ db })).filter(({ channel }) => channel === 'browser');
  const news = found.flatMap(({ event, customerId, affected, share, role, ...one }) => {
    const rule = rules.find((each) => each.event === event);
    const measure = affected === null ? undefined : { affected, share: share ?? 0 };
    const isMeant = role === null || roles.indexOf(actor.role) >= roles.indexOf(role);
    if (!rule || !isMeant || !concerns(rule, customerId) || !reaches(rule, measure)) return [];
    const { id, title, lines, path, resolution } = one;
    return [{ id, title, line: lines[0] ?? '', path, resolution }];
  });
  return news.slice(0, newsMost);
}
