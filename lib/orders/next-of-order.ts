import { longDay } from '@/lib/words';
import type { NightView, OrderStatus, OrderTerms } from './model';
import { nextNight, nightOf } from './nights/nights';

type Facts = {
  status: OrderStatus;
  terms: OrderTerms;
  approval: 'none' | 'waiting' | 'approved' | 'other';
  createdBy: string;
  endReason: string | null;
  nights: readonly Pick<NightView, 'night' | 'status' | 'sentence'>[];
};

/** What happens next with an order, or what a person must do, in one sentence. */
export function nextOfOrder(facts: Facts, nowMs: number): string {
  switch (facts.status) {
    case 'counting':
      return 'The worker counts what it would have done last night. Nothing is changed.';
    case 'proposed':
      if (facts.approval === 'waiting')
        return 'Another person with the role approver decides. Until then it does nothing.';
      if (facts.approval === 'approved') return 'It is approved and begins as soon as a worker takes it up.';
      return `It does nothing. ${facts.createdBy} proposed it and asks a second person to approve exactly this.`;
    case 'active':
      return nextOfActive(facts, nowMs);
    case 'stopped':
      return `It stopped itself and does nothing. ${facts.endReason ?? ''} Look at its last night, then end it; to go on, propose an order like it.`;
    default:
      return `It has ended and does nothing. Reason: ${facts.endReason ?? ''}`;
  }
}

function nextOfActive({ terms, nights }: Facts, nowMs: number): string {
  const { window, untilDay } = terms;
  const open = nightOf(window, nowMs);
  const recorded = nights.find(({ night }) => night === open?.night);
  if (open && recorded?.status === 'under way') return `Tonight’s campaign is under way until ${window.to}.`;
  if (open && recorded?.status === 'waiting') return `Tonight’s campaign waits. ${recorded.sentence}`;
  if (open && !recorded && open.night <= untilDay) return 'Its window is open: a worker makes tonight’s campaign.';
  const next = nextNight(window, nowMs);
  if (next.night > untilDay) return 'Its last night is over, so it does nothing more.';
  const now = open && recorded ? 'It is done for tonight.' : 'Its window is closed, so it does nothing.';
  return `${now} It begins again on ${longDay(next.night)} at ${window.from} (${window.timeZone}).`;
}
