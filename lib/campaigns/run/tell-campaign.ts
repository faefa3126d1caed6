import { announce, resolveCase } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { agree, count, formatNumber } from '@/lib/words';
import { selectWhyStopped } from '../sql/campaigns';
import type { CampaignCustomerStatus, CampaignOutcome } from '../state/campaign-model';

type Of = { id: string };

const nameOf = ({ id }: Of) => `The campaign ${id.slice(0, 8)}`;
const pathOf = ({ id }: Of) => `/campaigns/${id}`;
const heldKey = ({ id }: Of) => `campaign ${id} held`;

/** Tells people that something holds a campaign. It goes on by itself. */
export const tellHeld = (tx: Transaction, campaign: Of, sentence: string): Promise<void> =>
  announce(tx, {
    event: 'campaign held',
    caseKey: heldKey(campaign),
    customerId: null,
    title: `${nameOf(campaign)} is held.`,
    lines: [sentence, 'It goes on by itself when that is over.'],
    path: pathOf(campaign),
  });

/** Says that a campaign is not held any more; does nothing where it was not. `what`: "goes on". */
export const tellNotHeld = (tx: Transaction, campaign: Of, what: string): Promise<void> =>
  resolveCase(tx, heldKey(campaign), `${nameOf(campaign)} ${what}.`);

const endedKey = ({ id }: Of) => `campaign ${id} ended`;

/** Tells people that a campaign stops by itself. People hear how it came out when its runs have ended. */
export const tellStops = (tx: Transaction, campaign: Of, sentence: string): Promise<void> =>
  announce(tx, {
    event: 'campaign ended',
    caseKey: endedKey(campaign),
    customerId: null,
    title: `${nameOf(campaign)} stops by itself.`,
    lines: [sentence, 'Nothing more of it begins, and its runs under way end.'],
    path: pathOf(campaign),
  });

/** Tells people how a campaign that was started came out, with what became of its customers. */
export async function tellEnded(
  tx: Transaction,
  campaign: Of,
  of: { outcome: CampaignOutcome; customers: readonly { status: CampaignCustomerStatus }[] },
): Promise<void> {
  const all = of.customers.length;
  const counted = (status: CampaignCustomerStatus) => of.customers.filter((one) => one.status === status).length;
  const failed = counted('set aside') + counted('needs attention') + counted('not begun');
  const verified = counted('verified');
  const rest = (['left out', 'set aside', 'needs attention', 'not begun'] as const)
    .filter((status) => counted(status) > 0)
    .map((status) => `, ${words[status](counted(status))}`);
  const [stop] = of.outcome === 'stopped' ? await tx.query(selectWhyStopped, { campaignId: campaign.id }) : [];
  await announce(tx, {
    event: 'campaign ended',
    caseKey: endedKey(campaign),
    customerId: null,
    title: `${nameOf(campaign)} has ended: ${of.outcome}.`,
    lines: [
      ...(stop === undefined ? [] : [stop]),
      `Of ${count(all, 'customer')} ${formatNumber(verified)} ${agree(verified, 'is', 'are')} verified${rest.join('')}.`,
    ],
    path: pathOf(campaign),
    measure: { affected: failed, share: all === 0 ? 0 : failed / all },
  });
}

const words = {
  'left out': (number: number) => `${formatNumber(number)} left out`,
  'set aside': (number: number) => `${formatNumber(number)} set aside`,
  'needs attention': (number: number) => `${formatNumber(number)} with a run that needs attention`,
  'not begun': (number: number) => `${formatNumber(number)} not begun`,
};
