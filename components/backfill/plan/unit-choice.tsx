import { Choice } from '@/components/ui/choice';
import { duration } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import type { UnitChoice as Choices } from '@/lib/backfill/state/choice-model';
import type { Plan, UnitOffer } from '@/lib/backfill/state/plan-model';
import { bytes, count } from '@/lib/words';

/** The choices in words. */
export const unitTitles: Record<Choices, { title: string; sentence: string }> = {
  joined: {
    title: 'Joined days',
    sentence: 'Days that follow each other are repaired together, up to a limit of rows.',
  },
  day: { title: 'Day by day', sentence: 'Each day is repaired by itself.' },
  tight: {
    title: 'Tight',
    sentence: 'Joined, and of a large day only the hours in which conversations are affected.',
  },
};

/** How days are put together, with what each way costs; shown where the ways differ. */
export function UnitChoice({
  plan,
  asked,
  onChoose,
}: {
  plan: Plan;
  asked: Choices;
  onChoose: (choice: Choices) => void;
}) {
  if (plan.choices.length === 0 || plan.choices.every(({ units }) => units <= 1)) return null;
  return (
    <Section title="Units of repair">
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">How days are put together</legend>
        {plan.choices.map((offer) => (
          <Choice
            key={offer.choice}
            group="units"
            value={offer.choice}
            title={unitTitles[offer.choice].title}
            chosen={offer.choice === asked}
            onChoose={() => onChoose(offer.choice)}
          >
            {unitTitles[offer.choice].sentence} {costOf(offer)}
          </Choice>
        ))}
      </fieldset>
    </Section>
  );
}

const costOf = ({ units, jobs, mutations, parts, bytes: size, seconds, gapSeconds }: UnitOffer) =>
  `${[
    count(units, 'unit'),
    count(jobs, 'Job'),
    count(mutations, 'mutation'),
    ...(mutations > 0 ? [`${count(parts, 'part')} and ${bytes(size)} rewritten`] : []),
    `about ${duration(seconds * 1000)}`,
    gapSeconds > 0 ? `longest gap about ${duration(gapSeconds * 1000)}` : 'no gap',
  ].join(', ')}.`;
