import { cn } from '@/components/ui/cn';
import { Section } from '@/components/ui/heading';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { type RepairStrategy, strategies } from '@/lib/backfill/state/strategies';

/** How to repair, with what each way means; a way that is not possible here says why. */
export function StrategyChoice({
  plan,
  asked,
  onChoose,
}: {
  plan: Plan;
  /** What the address asks for; the plan shows it once it is made. */
  asked: string;
  onChoose: (strategy: RepairStrategy) => void;
}) {
  const offers = plan.offers.filter(({ strategy, possible }) => possible || strategies[strategy].isNamedWhenImpossible);
  if (offers.length === 0) return null;
  const chosen = offers.some((offer) => offer.possible && offer.strategy === asked) ? asked : plan.strategy;
  return (
    <Section title="Strategy">
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">How the labels are repaired</legend>
        {offers.map(({ strategy, possible, sentence }) => (
          <label
            key={strategy}
            className={cn(
              'flex items-start gap-2.5 rounded-lg border bg-surface p-3 text-sm',
              strategy === chosen ? 'border-accent' : 'border-line',
              possible && 'cursor-pointer hover:border-line-strong',
            )}
          >
            <input
              type="radio"
              name="strategy"
              value={strategy}
              className="mt-1 accent-accent"
              checked={strategy === chosen}
              disabled={!possible}
              onChange={() => onChoose(strategy)}
            />
            <span className="min-w-0">
              <span className="block font-medium">
                {strategies[strategy].title}
                {!possible && <span className="font-normal text-muted"> (not possible here)</span>}
              </span>
              <span className="block text-muted">{sentence}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </Section>
  );
}
