'use client';

import { askUndo, startUndo } from '@/lib/backfill/control/actions';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { Confirm } from './confirm';
import { sumsOf } from './plan-sums';

/** The last questions before an undo. */
export function ConfirmUndo({ plan, onChanged }: { plan: Plan; onChanged: () => void }) {
  const { action, meanwhile } = strategies[plan.strategy];
  const { undoOf, hash } = plan;
  const request = { runId: undoOf?.runId ?? '', unit: undoOf?.unit ?? undefined, planHash: hash };
  return (
    <Confirm
      plan={plan}
      kind="undo"
      action={action(sumsOf(plan))}
      whySecondPerson="An undo always needs a second person: it brings back labels that differ from the truth."
      ask={(given) => askUndo({ ...request, ...given })}
      start={(given) => startUndo({ ...request, ...given })}
      onChanged={onChanged}
      typed={null}
    >
      <p className="text-sm">{meanwhile}</p>
    </Confirm>
  );
}
