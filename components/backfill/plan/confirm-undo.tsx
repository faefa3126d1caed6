'use client';

import { askUndo, startUndo } from '@/lib/backfill/control/actions';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { Confirm } from './confirm';
import { sumsOf } from './plan-sums';
import { StartForm } from './start-form';

const requestOf = ({ undoOf, hash }: Plan) => ({
  runId: undoOf?.runId ?? '',
  day: undoOf?.day ?? undefined,
  planHash: hash,
});

/** The last questions before an undo. */
export function ConfirmUndo({ plan, onChanged }: { plan: Plan; onChanged: () => void }) {
  const { action, meanwhile } = strategies[plan.strategy];
  const deed = action(sumsOf(plan));
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
          <p className="text-sm">{meanwhile}</p>
        </StartForm>
      )}
    />
  );
}
