import type { Tone } from '@/components/ui/tone';
import type { ApprovalKind, ApprovalState } from '@/lib/approvals/state-model';

export const approvalTones: Record<ApprovalState, Tone> = {
  waiting: 'waiting',
  approved: 'settling',
  refused: 'attention',
  expired: 'neutral',
  used: 'neutral',
  withdrawn: 'neutral',
};

export const kindNames: Record<ApprovalKind, string> = {
  backfill: 'Backfill',
  undo: 'Undo of a backfill',
  kill: 'KILL of a mutation',
  campaign: 'Campaign',
  order: 'Standing order',
};
