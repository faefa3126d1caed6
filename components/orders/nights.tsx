import Link from 'next/link';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { DataText } from '@/components/ui/data-text';
import { dayName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { Empty } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table-head';
import type { NightView } from '@/lib/orders/model';
import { formatNumber } from '@/lib/words';
import { nightTone } from './words';

/** What an order did every night, the newest first. */
export function Nights({ nights, timeZone }: { nights: NightView[]; timeZone: string }) {
  if (nights.length === 0)
    return <Empty title="It had no night yet">Each night is listed here with its campaign.</Empty>;
  return (
    <Scroller>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Nights of the order, in {timeZone}</caption>
        <TableHead
          first="Night"
          columns={[{ words: 'What happened' }, 'Verified', 'Label rows deleted', 'Set aside', 'Left out']}
        />
        <tbody>
          {nights.map((night) => (
            <tr key={night.night} className="border-line border-b align-top last:border-b-0">
              <th scope="row" className="whitespace-nowrap px-3 py-2 text-left font-medium">
                {night.campaignId ? (
                  <Link href={routes.campaign(night.campaignId)} data-row-link className="hover:underline">
                    {dayName(night.night)}
                  </Link>
                ) : (
                  dayName(night.night)
                )}
                <span className="mt-0.5 block font-normal">
                  <Badge tone={nightTone(night)}>{night.status}</Badge>
                </span>
              </th>
              <td className="min-w-56 px-3 py-2 [overflow-wrap:anywhere]">
                <DataText>{night.sentence}</DataText>
              </td>
              <Figure value={night.verified} />
              <Figure value={night.rows} />
              <Figure value={night.setAside} />
              <Figure value={night.leftOut} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

const Figure = ({ value }: { value: number }) => <td className="px-3 py-2 text-right">{formatNumber(value)}</td>;
