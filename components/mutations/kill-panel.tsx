'use client';

import { PlanApproval, usePlanApproval } from '@/components/approvals/plan-approval';
import { KillPlanView } from '@/components/approvals/plan-of-approval';
import { useRefusal } from '@/components/auth/person';
import { reads } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Section } from '@/components/ui/heading';
import { LivePanel } from '@/components/ui/live-panel';
import { FailedLine } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import { askKill, startKill } from '@/lib/mutations/actions';
import type { KillState, KillView } from '@/lib/mutations/kill-model';
import { count } from '@/lib/words';
import { killTones } from './health';

const happening: Partial<Record<KillState, string>> = {
  testing: 'A Job runs KILL MUTATION … TEST with the rights that the KILL would have. Nothing is stopped.',
  killing: 'A Job kills the mutation. Then every replica is checked.',
};

/** A KILL, from its TEST to the check of every replica afterwards. */
export function KillPanel({ killId, onChanged }: { killId: string; onChanged: () => void }) {
  return (
    <LivePanel<KillView>
      what="The KILL could not be read"
      url={reads.kill(killId)}
      everyMs={(kill) => (kill?.endedAtMs ? false : 1_000)}
      onChanged={onChanged}
    >
      {(kill, changed) => <Kill kill={kill} onDone={changed} />}
    </LivePanel>
  );
}

function Kill({ kill, onDone }: { kill: KillView; onDone: () => void }) {
  const approval = usePlanApproval('kill', kill.plan.hash, kill.state === 'tested');
  return (
    <div className="flex flex-col gap-5">
      <div role="status" className="flex flex-col items-start gap-1">
        <Badge tone={killTones[kill.state]}>{kill.state}</Badge>
        <p>{kill.sentence || happening[kill.state]}</p>
        <p className="text-muted text-sm">
          Previewed by {kill.requestedBy} <Ago ms={kill.requestedAtMs} />
          {kill.startedBy && kill.startedAtMs && (
            <>
              ; started by {kill.startedBy} <Ago ms={kill.startedAtMs} />
            </>
          )}
          .
        </p>
      </div>
      {kill.state === 'tested' && (
        <>
          <PlanApproval
            kind="kill"
            why="A KILL always needs a second person: it cannot roll back what the mutation already changed."
            live={approval}
            blocked={null}
            ask={(reason) => askKill({ killId: kill.id, planHash: kill.plan.hash, reason })}
          />
          <StartButton kill={kill} approved={approval.data?.state === 'approved'} onDone={onDone} />
        </>
      )}
      <Section title="What it stops">
        <KillPlanView plan={kill.plan} />
      </Section>
      {kill.log && (
        <Section title="What the Job printed">
          <pre className="overflow-x-auto whitespace-pre-wrap break-all rounded-md bg-raised/60 p-3 font-mono text-xs">
            {kill.log}
          </pre>
        </Section>
      )}
    </div>
  );
}

function StartButton({ kill, approved, onDone }: { kill: KillView; approved: boolean; onDone: () => void }) {
  const refusal = useRefusal('mutation.kill');
  const { change, pending, failure } = useChange();
  const why = refusal ?? (approved ? null : 'You can start it when a second person has approved exactly this.');
  return (
    <div className="flex flex-col items-start gap-2">
      <Button
        look="danger"
        size="tall"
        disabled={why !== null || pending}
        onClick={() => change(() => startKill({ killId: kill.id, planHash: kill.plan.hash }), onDone)}
      >
        Kill mutation {kill.plan.mutationId} on {count(kill.plan.hosts.length, 'replica')}
      </Button>
      {why && <p className="text-muted text-sm">{why}</p>}
      {failure && <FailedLine failure={failure} />}
    </div>
  );
}
