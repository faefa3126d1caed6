'use client';

import { askUndo, startUndo } from '@/lib/backfill/control/actions';
import type { Plan } from '@/lib/backfill/state/model';
import { count } from '@/lib/words';
import { Confirm } from './confirm';
import { rowsThatComeBack } from './plan-sums';
import { StartForm } from './start-form';

const requestOf = ({ undoOf, hash }: Plan) => ({
  runId: undoOf?.runId ?? '',
  day: undoOf?.day ?? undefined,
  planHash: hash,
});

/** The last questions before an undo. */
export function ConfirmUndo({ plan, onChanged }: { plan: Plan; onChanged: () => void }) {
  const worked = plan.days.filter((day) => !day.skip).length;
  const deed = `Restore ${count(rowsThatComeBack(plan), 'label row')} of ${count(worked, 'day')}`;
  return (
    <Confirm
      plan={plan}
      kind="undo"
      deed={deed}
      approvalBecause="an undo brings back labels that differ from the truth"
      ask={(given) => askUndo({ ...requestOf(plan), ...given })}
      form={(confirmed) => (
        <StartForm
          deed={deed}
          start={(reason) => startUndo({ ...requestOf(plan), reason, confirmed })}
          onChanged={onChanged}
        >
          <p className="text-sm">
            The labels that are there now are backed up, deleted, and the former ones brought back and compared column
            by column. In between they are missing; the gap is measured and shown. A run that waits for a decision is
            closed by this.
          </p>
        </StartForm>
      )}
    />
  );
}
