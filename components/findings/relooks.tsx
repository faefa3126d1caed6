import { Badge } from '@/components/ui/badge';
import { Section } from '@/components/ui/heading';
import { Instant } from '@/components/ui/time';
import type { FindingView, Relook } from '@/lib/findings/model';
import { relookTones } from './words';

/** The looks at the day after its last repair, done and planned. */
export function Relooks({ finding: { relooks, timeZone } }: { finding: FindingView }) {
  if (relooks.length === 0) return null;
  return (
    <Section title="Looked at again after the repair">
      <ul className="grid gap-2 text-sm sm:grid-cols-2">
        {relooks
          .toSorted((a, b) => a.dueAtMs - b.dueAtMs)
          .map((look) => (
            <li
              key={`${look.runId} ${look.after}`}
              className="flex items-center justify-between gap-3 rounded-md border border-line px-3 py-1.5"
            >
              <span>
                After {look.after}
                <span className="block text-muted text-xs">
                  <When look={look} timeZone={timeZone} />
                </span>
              </span>
              {look.found ? (
                <Badge tone={relookTones[look.found]}>{look.found}</Badge>
              ) : (
                <Badge tone={look.requestedAtMs === null ? 'waiting' : 'running'}>
                  {look.requestedAtMs === null ? 'planned' : 'being looked at'}
                </Badge>
              )}
            </li>
          ))}
      </ul>
    </Section>
  );
}

function When({ look: { dueAtMs, doneAtMs }, timeZone }: { look: Relook; timeZone: string }) {
  return doneAtMs === null ? (
    <>
      due <Instant ms={dueAtMs} timeZone={timeZone} seconds={false} />
    </>
  ) : (
    <Instant ms={doneAtMs} timeZone={timeZone} seconds={false} />
  );
}
