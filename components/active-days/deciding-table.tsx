import Link from 'next/link';
import { Clock } from '@/components/detection/evidence-cells';
import { routes } from '@/components/routes';
import { Id } from '@/components/ui/copy';
import { shortId } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { type AgentDaysView, type Deciding, reasonOf, type StripDay } from '@/lib/active-days/agent-days-model';

const head = 'h-8 whitespace-nowrap px-2 text-left font-medium text-muted text-xs';
const cell = 'whitespace-nowrap px-2 py-1 align-top';

/** The conversations that decide a day, with their clocks: one of them opens its truth and labels. */
export function DecidingTable({ view, day }: { view: AgentDaysView; day: StripDay }) {
  const clock = (ms: number) => <Clock ms={ms} timeZone={view.timeZone} day={day.day} />;
  return (
    <Scroller>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Conversations that decide the day, with their times in {view.timeZone}</caption>
        <thead className="bg-raised/60">
          <tr className="border-line border-b">
            {['Conversation', 'Why', 'Started', 'Labelled', 'Ended', 'Truth changed'].map((name) => (
              <th key={name} scope="col" className={head}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {day.deciding.map((one) => (
            <tr key={one.conversationId} className="border-line border-b last:border-b-0">
              <th scope="row" className={`${cell} text-left font-normal`}>
                <Id value={one.conversationId}>
                  <Link
                    prefetch={false}
                    href={conversationHref(view.customerId, day.day, one)}
                    aria-label={`Open ${one.conversationId}`}
                    className="rounded underline decoration-dotted underline-offset-4 hover:decoration-solid"
                  >
                    {shortId(one.conversationId, 10)}
                  </Link>
                </Id>
              </th>
              <td className="min-w-44 px-2 py-1 align-top">{reasonOf(one, view)}</td>
              <td className={cell}>{clock((one.truth ?? one.label)?.startAtMs ?? 0)}</td>
              <td className={cell}>{one.label ? clock(one.label.updatedAtMs) : <None>no label</None>}</td>
              <td className={cell}>{one.truth ? clock(one.truth.endAtMs) : <None>no truth</None>}</td>
              <td className={cell}>{one.truth ? clock(one.truth.updatedAtMs) : <None>–</None>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

const None = ({ children }: { children: React.ReactNode }) => <span className="text-muted">{children}</span>;

const conversationHref = (customerId: string, day: string, { conversationId }: Deciding) =>
  routes.day(customerId, day, { show: 'all', q: conversationId, open: conversationId });
