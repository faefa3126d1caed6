import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { Ago } from '@/components/ui/time';
import { auditsWords, type ScheduleView } from '@/lib/detection/schedule/view-model';

/** What the full scans of the last night found that the scans of changes had missed. */
export function Audits({ audits }: { audits: ScheduleView['audits'] }) {
  const { conversations, missed, newestAtMs, odd } = audits;
  if (newestAtMs === null)
    return (
      <p className="text-sm">
        <Mark tone="unknown">
          There was no audit in the last 26 hours. Each customer has one every night: its first scan after 02:00 of its
          time is a full scan, which looks again at what the scans of changes looked at.
        </Mark>
      </p>
    );
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p>
        <Mark tone={missed > 0 ? 'attention' : conversations === 0 ? 'unknown' : 'verified'}>
          {auditsWords(audits)}; the last one was <Ago ms={newestAtMs} />.
        </Mark>
      </p>
      {odd.length > 0 && (
        <ul className="text-muted">
          {odd.map((one) => (
            <li key={one.customerId}>
              <Link href={routes.customer(one.customerId)} className="font-medium text-text hover:underline">
                {one.customerId}
              </Link>
              : {one.sentence}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
