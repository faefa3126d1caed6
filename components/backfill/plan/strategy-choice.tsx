import { Badge } from '@/components/ui/badge';
import { Choice } from '@/components/ui/choice';
import { Section } from '@/components/ui/heading';
import { type RepairStrategy, strategyTitles } from '@/lib/backfill/state/name-model';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';

/** How to repair, with what each way means and why one is recommended; a way that is not possible here says why. */
export function StrategyChoice({
  plan,
  asked,
  onChoose,
}: {
  plan: Plan;
  /** What the address asks for; the plan shows it once it is made. */
  asked: RepairStrategy | null;
  onChoose: (strategy: RepairStrategy) => void;
}) {
  const offers = plan.offers.filter(({ strategy, possible }) => possible || strategies[strategy].isNamedWhenImpossible);
  if (offers.length === 0) return null;
  const chosen = offers.some((offer) => offer.possible && offer.strategy === asked) ? asked : plan.strategy;
  return (
    <Section title="Strategy">
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">How the labels are repaired</legend>
        {offers.map(({ strategy, possible, sentence }) => {
          const isRecommended = plan.recommended?.strategy === strategy;
          return (
            <Choice
              key={strategy}
              group="strategy"
              value={strategy}
              title={strategyTitles[strategy]}
              note={
                isRecommended && (
                  <>
                    {' '}
                    <Badge tone="verified">recommended</Badge>
                  </>
                )
              }
              possible={possible}
              chosen={strategy === chosen}
              onChoose={() => onChoose(strategy)}
            >
              {isRecommended && <span className="block text-text">{plan.recommended?.sentence}</span>}
              {sentence}
            </Choice>
          );
        })}
      </fieldset>
    </Section>
  );
}
