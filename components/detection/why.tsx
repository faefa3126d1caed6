'use client';

import { reads } from '@/components/routes';
import { dayName, instantIn } from '@/components/ui/format';
import { useLive } from '@/components/ui/live';
import { useZone } from '@/components/ui/zone';
import type { ConversationEvidence, DayResult } from '@/lib/detection/model';
import { commonReason, type Origins, whySentence } from '@/lib/detection/why-model';

/** Writes an instant as a clock of the zone, with the date where that is not `day`. */
const clockOf =
  (timeZone: string, day: string | null) =>
  (ms: number): string => {
    const at = instantIn(ms, timeZone);
    return at.day === day ? at.clock : `${dayName(at.day, false)} ${at.clock}`;
  };

/** Why a conversation's label is wrong, in a sentence with its clocks; nothing where it is not judged wrong. */
export function WhyOfConversation({ row, timeZone }: { row: ConversationEvidence; timeZone: string }) {
  const zone = useZone(timeZone);
  const start = row.truth ?? row.labels[0];
  const why = whySentence(row, clockOf(zone, start ? instantIn(start.startAtMs, zone).day : null));
  return why && <p className="font-medium text-sm">{why}</p>;
}

/**
 * Why the labels of a day are wrong: what most of its conversations have in common, with their clocks. It is read again
 * once the day was counted again; nothing where the day is not affected.
 */
export function WhyOfDay({
  customerId,
  timeZone,
  day,
}: {
  customerId: string;
  timeZone: string;
  day: Pick<DayResult, 'day' | 'asOfMs' | 'affected'>;
}) {
  const live = useLive<Origins>({
    url: reads.why(customerId, day.day, { seen: String(day.asOfMs) }),
    enabled: day.affected > 0,
    staleMs: 60_000,
  });
  if (day.affected === 0 || !live.data) return null;
  return <WhyOf origins={live.data} timeZone={timeZone} day={day.day} />;
}

/** Why labels are, or were, wrong; nothing where no origin is known. Times of another day than `day` have their date. */
export function WhyOf({ origins, timeZone, day }: { origins: Origins; timeZone: string; day: string | null }) {
  const why = commonReason(origins, clockOf(useZone(timeZone), day));
  return (
    why && (
      <p className="text-sm">
        <span className="font-semibold">Why:</span> {why}
      </p>
    )
  );
}
