import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { selectReport } from '../sql/report';
import { selectCampaign } from '../sql/view';
import type { CampaignReport } from '../state/report-model';

/** What a campaign came to so far. Throws AppError('not_found'). */
export async function reportCampaign({ db }: Pick<Context, 'db'>, campaignId: string): Promise<CampaignReport> {
  const [found] = await db.query(selectCampaign, { campaignId });
  if (!found) throw new AppError('not_found', 'There is no such campaign.');
  const rows = await db.query(selectReport, { campaignId });
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    campaign: found.summary,
    rowsDeleted: sum((row) => row.rowsDeleted),
    conversationsChanged: sum((row) => row.conversationsChanged),
    unitsVerified: sum((row) => row.units),
    agentDaysMended: sum((row) => row.agentDaysMended),
    gapMostMs: Math.max(0, ...rows.map((row) => row.gapMostMs)),
    gapSumMs: sum((row) => row.gapSumMs),
    verified: rows.flatMap(({ status, runId, ...row }) =>
      status === 'verified' && runId !== null ? [{ ...row, runId, gapMs: row.gapMostMs }] : [],
    ),
    others: rows.filter(({ status }) => status !== 'verified'),
  };
}
