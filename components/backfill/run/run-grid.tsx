import Link from 'next/link';
import { Fragment, useState } from 'react';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { dayName, duration, unitName } from '@/components/ui/format';
import { progressText } from '@/components/ui/progress-left';
import { Scroller } from '@/components/ui/scroller';
import { Elapsed } from '@/components/ui/time';
import { tones } from '@/components/ui/tone';
import { Unfold } from '@/components/ui/unfold';
import type { ItemView, StepView } from '@/lib/backfill/state/model';
import { type StepName, stepTitles } from '@/lib/backfill/state/name-model';
import { count, formatNumber } from '@/lib/words';
import { itemTone, stepTones } from './status';

/** The steps of the unit that has the most. */
const stepsOf = (units: ItemView[]): StepName[] =>
  units
    .reduce<StepView[]>((most, { steps }) => (steps.length > most.length ? steps : most), [])
    .map(({ step }) => step);

/** Units as rows, steps as columns. A cell opens the details of its step; a unit of several days opens into them. */
export function RunGrid({
  customerId,
  units,
  chosen,
  step,
  onChoose,
}: {
  customerId: string;
  units: ItemView[];
  chosen: string | null;
  step: StepName;
  onChoose: (unit: string, step: StepName) => void;
}) {
  const steps = stepsOf(units);
  return (
    <Scroller className="max-h-[48vh] overflow-y-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Units as rows, steps as columns</caption>
        <thead className="sticky top-0 z-10 bg-raised text-muted text-xs">
          <tr className="border-line border-b">
            <th scope="col" className="h-8 px-3 text-left font-medium">
              Unit
            </th>
            {steps.map((name) => (
              <th key={name} scope="col" className="px-1.5 text-left font-medium">
                {stepTitles[name]}
              </th>
            ))}
            <th scope="col" className="px-3 text-right font-medium" title="How long labels of the unit were missing">
              Gap
            </th>
            <th scope="col" className="px-3 text-right font-medium">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {units.map((item) => (
            <UnitRow
              key={item.id}
              customerId={customerId}
              item={item}
              steps={steps}
              chosenStep={item.unit === chosen ? step : null}
              onChoose={(name) => onChoose(item.unit, name)}
            />
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function UnitRow({
  customerId,
  item,
  steps,
  chosenStep,
  onChoose,
}: {
  customerId: string;
  item: ItemView;
  steps: StepName[];
  chosenStep: StepName | null;
  onChoose: (step: StepName) => void;
}) {
  const [open, setOpen] = useState(false);
  const { days } = item.plan;
  return (
    <Fragment>
      <tr className={cn('border-line border-b last:border-b-0', chosenStep && 'bg-raised/50')}>
        <th scope="row" className="px-3 py-1.5 text-left font-medium">
          {days.length > 1 ? (
            <Unfold open={open} onToggle={() => setOpen(!open)}>
              <span className="whitespace-nowrap">{unitName(item.unit)}</span>
            </Unfold>
          ) : (
            <span className="whitespace-nowrap">{unitName(item.unit)}</span>
          )}
          <span className="block whitespace-nowrap font-normal text-xs">
            {item.undoneBy ? (
              <Mark tone="unknown">
                {item.status},{' '}
                <Link href={routes.run(item.undoneBy)} prefetch={false} className="underline">
                  undone
                </Link>
              </Mark>
            ) : (
              <Mark tone={itemTone(item.status)}>{item.status}</Mark>
            )}
            {item.attempt > 1 && <span className="ml-1 text-muted">attempt {item.attempt}</span>}
            {item.progress && <span className="block text-muted">{progressText(item.progress)}</span>}
          </span>
        </th>
        {steps.map((name) => (
          <td key={name} className="p-1">
            <StepCell
              item={item}
              step={item.steps.find((one) => one.step === name)}
              name={name}
              chosen={name === chosenStep}
              onChoose={() => onChoose(name)}
            />
          </td>
        ))}
        <td className={cn('whitespace-nowrap px-3 text-right', item.missing && 'font-medium text-attention')}>
          {gapOf(item)}
        </td>
        <td className="px-3 text-right text-muted">
          {item.startedAtMs === null ? '–' : <Elapsed fromMs={item.startedAtMs} toMs={item.endedAtMs} />}
        </td>
      </tr>
      {open &&
        days.map(({ day, counts }) => (
          <tr key={day} className="border-line border-b bg-raised/40 last:border-b-0">
            <th scope="row" className="h-8 whitespace-nowrap pr-3 pl-9 text-left font-normal">
              <Link href={routes.day(customerId, day)} prefetch={false} className="hover:underline">
                {dayName(day)}
              </Link>
            </th>
            <td colSpan={steps.length + 2} className="px-3 text-muted">
              {formatNumber(counts.affected)} of {count(counts.conversations, 'conversation')} affected before
            </td>
          </tr>
        ))}
    </Fragment>
  );
}

const gapOf = ({ gapMs, missing }: ItemView) =>
  gapMs === null ? '–' : gapMs === 0 ? 'none' : `${duration(gapMs)}${missing ? ' so far' : ''}`;

function StepCell({
  item,
  step,
  name,
  chosen,
  onChoose,
}: {
  item: ItemView;
  step: StepView | undefined;
  name: StepName;
  chosen: boolean;
  onChoose: () => void;
}) {
  const status = step?.status ?? 'waiting';
  const { icon: Icon, text } = tones[stepTones[status]];
  return (
    <button
      type="button"
      data-row-link={chosen || undefined}
      aria-pressed={chosen}
      aria-label={`${stepTitles[name]} of ${unitName(item.unit)}: ${status}. ${step?.sentence ?? ''}`}
      onClick={onChoose}
      className={cn(
        'flex h-11 w-full min-w-24 items-center gap-2 rounded-md border px-2 text-left hover:border-line-strong',
        chosen ? 'border-accent bg-surface' : 'border-transparent',
      )}
    >
      <Icon aria-hidden className={cn('size-4 shrink-0', text, status === 'running' && 'animate-spin')} />
      <span className="min-w-0 text-xs leading-tight">
        <span className={cn('block truncate', status === 'waiting' ? 'text-muted' : 'text-text')}>{status}</span>
        <span className="block truncate text-muted">{shortOf(item, step, name)}</span>
      </span>
    </button>
  );
}

function shortOf(item: ItemView, step: StepView | undefined, name: StepName): React.ReactNode {
  if (!step || step.startedAtMs === null) return null;
  if (name === 'mutation' && step.status === 'running' && item.mutation.length > 0) {
    return `${count(
      item.mutation.reduce((total, replica) => total + replica.partsToDo, 0),
      'part',
    )} to do`;
  }
  if (step.endedAtMs === null) return <Elapsed fromMs={step.startedAtMs} toMs={null} />;
  return duration(step.endedAtMs - step.startedAtMs);
}
