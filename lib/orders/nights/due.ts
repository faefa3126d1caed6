import type { NightStatus, OrderStatus, OrderTerms } from '../model';
import { type Night, nextNight, nightOf, nightsEnded } from './nights';

type Facts = {
  status: OrderStatus;
  terms: Pick<OrderTerms, 'window' | 'untilDay'>;
  activeAtMs: number | null;
  /** Whether it took the place of another order, which may have had this night already. */
  replaces: string | null;
  nights: readonly { night: string; status: NightStatus }[];
};

/**
 * What is due now. `begin`: the open night has no campaign and gets one. `waits`: it would, but the campaign of an
 * earlier night has not ended. `missed`: nights that ended and were not begun, oldest first. `over`: no other night
 * comes.
 */
export type Due = { begin: Night | null; waits: Night | null; missed: Night[]; over: boolean };

/** What an order has to do at an instant; nothing unless it is active. It makes up for no night outside its window. */
export function dueOf({ status, terms, activeAtMs, replaces, nights }: Facts, nowMs: number): Due {
  const nothing = { begin: null, waits: null, missed: [], over: false };
  if (status !== 'active' || activeAtMs === null) return nothing;
  const { window, untilDay } = terms;
  const known = new Map(nights.map((night) => [night.night, night.status]));
  const isOwn = ({ night, fromMs }: Night) => night <= untilDay && (replaces === null || fromMs >= activeAtMs);
  const isBegun = ({ night }: Night) => known.has(night) && known.get(night) !== 'waiting';
  const open = nightOf(window, nowMs);
  const due = open && isOwn(open) && !isBegun(open) ? open : null;
  const blocked = nights.some(({ status }) => status === 'under way' || status === 'closing');
  return {
    begin: blocked ? null : due,
    waits: blocked ? due : null,
    missed: nightsEnded(window, activeAtMs, nowMs).filter((night) => isOwn(night) && !isBegun(night)),
    over: (open === null || open.night > untilDay) && nextNight(window, nowMs).night > untilDay,
  };
}
