import dynamic from 'next/dynamic';
import { Badge, Mark } from '@/components/ui/badge';
import { Id } from '@/components/ui/copy';
import { unitName } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { progressText } from '@/components/ui/progress-left';
import { Elapsed, Instant } from '@/components/ui/time';
import type { ItemView, MutationProgress, RunView, StepView } from '@/lib/backfill/state/model';
import { type StepName, stepTitles } from '@/lib/backfill/state/name-model';
import { formatNumber } from '@/lib/words';
import { stepTones } from './status';

// What reads for itself, or is below the first look, loads after the page.
const JobLog = dynamic(() => import('./job-log').then((module) => module.JobLog), { ssr: false });

/** `conversationsThatChange` or `rows_deleted` as words. */
const words = (key: string) =>
  key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

const defaults: Partial<Record<StepView['status'], string>> = { waiting: 'Not started yet.', running: 'Under way.' };

/** What a step of a unit did: its sentence, its numbers, its Job and the Job's log. */
export function StepDetail({ run, item, step: name }: { run: RunView; item: ItemView; step: StepName }) {
  const step = item.steps.find((one) => one.step === name);
  const status = step?.status ?? 'waiting';
  // NOTE: the sentence that says why the run stopped is already above the grid.
  const sentence = step?.sentence === item.failure ? '' : step?.sentence || defaults[status];
  return (
    <Section
      title={`${stepTitles[name]}, ${unitName(item.unit)}`}
      aside={
        <span className="flex items-center gap-3 text-muted text-sm">
          {step && step.startedAtMs !== null && (
            <>
              <Instant ms={step.startedAtMs} timeZone={run.timeZone} day={false} />
              <Elapsed fromMs={step.startedAtMs} toMs={step.endedAtMs} />
            </>
          )}
          <Badge tone={stepTones[status]}>{status}</Badge>
        </span>
      }
    >
      <div className="flex min-w-0 flex-col gap-4 rounded-lg border border-line bg-surface p-4">
        {sentence && <p>{sentence}</p>}
        {name === 'mutation' && <Mutation replicas={item.mutation} />}
        {name === 'verify' && Object.keys(item.evidence).length > 0 ? (
          <div>
            <p className="mb-1.5 font-medium text-sm">The numbers that prove it</p>
            <Numbers numbers={item.evidence} />
          </div>
        ) : (
          step && <Numbers numbers={step.numbers} />
        )}
        {step?.jobName && (
          <p className="flex flex-wrap items-center gap-x-2 text-sm">
            <span className="text-muted">Job</span> <Id value={step.jobName} length={60} />
          </p>
        )}
        {step && (step.hasLog || step.jobName) && (
          <JobLog
            key={`${item.id} ${name}`}
            runId={run.id}
            itemId={item.id}
            unit={item.unit}
            step={name}
            running={status === 'running'}
          />
        )}
      </div>
    </Section>
  );
}

const order = ['conversations', 'labelRows', 'stale', 'duplicates', 'missing', 'lost', 'agentsWrong'];
const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);

function Numbers({ numbers }: { numbers: Record<string, number> }) {
  const entries = Object.entries(numbers).sort(([a], [b]) => rank(a) - rank(b));
  if (entries.length === 0) return null;
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] gap-x-6 gap-y-2">
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt className="text-muted text-xs">{words(key)}</dt>
          <dd className="font-semibold">{formatNumber(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Mutation({ replicas }: { replicas: MutationProgress[] }) {
  if (replicas.length === 0) return null;
  return (
    <table className="w-full text-sm">
      <thead className="text-muted text-xs">
        <tr className="border-line border-b text-left">
          <th scope="col" className="py-1 font-medium">
            Replica
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            Parts to do
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            By bytes
          </th>
          <th scope="col" className="py-1 pl-6 font-medium">
            State
          </th>
        </tr>
      </thead>
      <tbody>
        {replicas.map((replica) => (
          <tr key={replica.host} className="border-line border-b align-top last:border-b-0">
            <th scope="row" className="py-1.5 text-left font-mono font-normal text-xs">
              {replica.host}
            </th>
            <td className="py-1.5 text-right">{formatNumber(replica.partsToDo)}</td>
            <td className="py-1.5 text-right">
              {replica.progress && !replica.isDone ? progressText(replica.progress) : '–'}
            </td>
            <td className="py-1.5 pl-6">
              {replica.failReason ? (
                <Mark tone="attention">
                  <span className="break-all">{replica.failReason}</span>
                </Mark>
              ) : (
                <Mark tone={replica.isDone ? 'verified' : 'running'}>{replica.isDone ? 'done' : 'under way'}</Mark>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
