import { unitTitles } from '@/components/backfill/plan/unit-choice';
import { Badge } from '@/components/ui/badge';
import { Choice } from '@/components/ui/choice';
import { Section } from '@/components/ui/heading';
import { unitChoices } from '@/lib/backfill/state/choice-model';
import { repairStrategies, strategyTitles } from '@/lib/backfill/state/name-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { Change } from './how-it-runs';
import type { CampaignParams } from './request';

/** Strategy and units: in one sentence, and the choices that change them. */
export function HowItRepairs({
  params,
  onChange,
}: {
  params: CampaignParams;
  onChange: (params: Partial<CampaignParams>) => void;
}) {
  return (
    <Section title="How it repairs">
      <p className="text-sm">
        {params.strategy
          ? `${strategyTitles[params.strategy]} for every customer`
          : 'As the plan of each customer recommends'}
        ; {unitTitles[params.units].title.toLowerCase()}.
      </p>
      <Change what="how it repairs">
        <Section title="Strategy">
          <fieldset className="flex flex-col gap-2">
            <legend className="sr-only">How the labels are repaired</legend>
            <Choice
              group="strategy"
              value=""
              title="As each plan recommends"
              note={
                <>
                  {' '}
                  <Badge tone="verified">recommended</Badge>
                </>
              }
              chosen={params.strategy === null}
              onChoose={() => onChange({ strategy: null })}
            >
              No gap wherever it repairs everything; replace where orphans must go or the table needs it.
            </Choice>
            {repairStrategies.map((strategy) => (
              <Choice
                key={strategy}
                group="strategy"
                value={strategy}
                title={strategyTitles[strategy]}
                chosen={params.strategy === strategy}
                onChoose={() => onChange({ strategy })}
              >
                {strategies[strategy].meanwhile} Customers where it is not possible are left out.
              </Choice>
            ))}
          </fieldset>
        </Section>
        <Section title="Units of repair">
          <fieldset className="flex flex-col gap-2">
            <legend className="sr-only">How days are put together</legend>
            {unitChoices.map((choice) => (
              <Choice
                key={choice}
                group="units"
                value={choice}
                title={unitTitles[choice].title}
                chosen={params.units === choice}
                onChoose={() => onChange({ units: choice })}
              >
                {unitTitles[choice].sentence}
              </Choice>
            ))}
          </fieldset>
        </Section>
      </Change>
    </Section>
  );
}
