import { delay } from '@/lib/clock';
import { insertChats } from '@/lib/embedded/demo/sql/chats';
import { every, poll } from '@/lib/poll';
import type { Subject } from './customers';
import { type Random, randomOf } from './random';
import { closeChat, selectStoredChats } from './sql';
import type { FaultStack } from './stack';

type Conversation = {
  id: string;
  profile: string;
  agent: string | null;
  useCase: string;
  startMs: number;
  endMs: number;
  updatedMs: number;
};

const againMs = 250;
const cronEveryMs = 7_000;
const instant = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);

/**
 * Changes that arrive during the repairs: conversations begin or are recorded late, end, and get another agent, also
 * those of the ten days; the cron labels new ones while they are open. As in production the chat is written first and
 * then the truth, and each is repeated until it is stored, so that both agree in the end whatever was down.
 */
export class Arrivals {
  /** Ids of conversations that the cron was seen to have labelled. */
  readonly labelled = new Map<string, Set<string>>();
  readonly counts = { begun: 0, ended: 0, reassigned: 0, late: 0, cronRuns: 0, cronFailed: 0 };
  private readonly stack: FaultStack;
  private readonly subjects: Subject[];
  private readonly seed: number;
  private lastMs = 0;
  private made = 0;

  constructor(stack: FaultStack, subjects: Subject[], seed: number) {
    this.stack = stack;
    this.subjects = subjects;
    this.seed = seed;
  }

  /** Runs until `signal` aborts, then ends every open conversation of the ten days. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.cron(signal), ...this.subjects.map((subject) => this.of(subject, signal))]);
  }

  private async of(subject: Subject, signal: AbortSignal): Promise<void> {
    const random = randomOf(this.seed, `arrivals ${subject.customer.id}`);
    const old = await this.stored(subject);
    const now: Conversation[] = [];
    while (!signal.aborted) {
      await delay(random.whole(200, 1_200), signal).catch(() => undefined);
      if (signal.aborted) break;
      const draw = random.next();
      if (draw < 0.3) {
        const begun = this.begin(subject, random, this.tick());
        this.counts.begun += 1;
        await this.write(subject, begun, true);
        now.push(begun);
      } else if (draw < 0.55 && now.length > 0) {
        const [open] = now.splice(random.whole(0, now.length - 1), 1);
        if (open) await this.change(subject, open, random, this.tick());
        this.counts.ended += 1;
      } else if (draw < 0.9) {
        const one = random.pick(old);
        await this.change(subject, one, random, one.endMs + random.whole(0, 3) * 1_800_000);
        this.counts.reassigned += 1;
      } else {
        const startMs = random.whole(subject.range.fromMs, subject.range.toMs - 3_600_000);
        const late = { ...this.begin(subject, random, startMs), endMs: startMs + random.whole(60_000, 3_000_000) };
        this.counts.late += 1;
        await this.write(subject, late, true);
        old.push(late);
      }
    }
    for (const open of now) await this.change(subject, open, random, this.tick());
  }

  private async cron(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(cronEveryMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      this.counts.cronRuns += 1;
      if ((await this.stack.labeler()) !== 0) this.counts.cronFailed += 1;
      for (const subject of this.subjects) await this.look(subject);
    }
  }

  /** Remembers which new conversations have a label. If one look fails, the next one finds them. */
  private async look({ customer, range }: Subject): Promise<void> {
    const found = await this.stack.admin.client
      .query({
        query: `SELECT DISTINCT conversation_id AS id FROM ${customer.database}.conversation_with_labels
          WHERE conversation_start_time >= fromUnixTimestamp64Milli(toInt64(${range.toMs}), 'UTC')`,
        format: 'JSONEachRow',
      })
      .then((result) => result.json<{ id: string }>())
      .catch(() => []);
    const known = this.labelled.get(customer.id) ?? new Set<string>();
    for (const { id } of found) known.add(id);
    this.labelled.set(customer.id, known);
  }

  private begin({ agents, useCases, customer }: Subject, random: Random, startMs: number): Conversation {
    this.made += 1;
    return {
      id: `${customer.id}-${this.seed}-${this.made}`,
      profile: random.pick(customer.profiles),
      agent: random.pick(agents),
      useCase: random.pick(useCases),
      startMs,
      endMs: 0,
      updatedMs: this.tick(),
    };
  }

  private async change(subject: Subject, one: Conversation, random: Random, endMs: number): Promise<void> {
    one.agent = random.pick([...subject.agents, null]);
    one.useCase = random.pick(subject.useCases);
    one.endMs = Math.max(endMs, one.startMs);
    one.updatedMs = this.tick();
    await this.write(subject, one, false);
  }

  /** Versions only rise, even if the clock goes back. */
  private tick(): number {
    this.lastMs = Math.max(Date.now(), this.lastMs + 1);
    return this.lastMs;
  }

  private async write(subject: Subject, one: Conversation, isNew: boolean): Promise<void> {
    const { chats, admin } = this.stack;
    const seconds = (ms: number) => ms / 1_000;
    const ended = one.endMs === 0 ? null : seconds(one.endMs);
    const channel = one.useCase.endsWith('voice') ? 'voice' : 'chat';
    const { id: customer, database } = subject.customer;
    await again(() =>
      isNew
        ? chats
            .query(insertChats, {
              ids: [one.id],
              customers: [customer],
              profiles: [one.profile],
              agents: [one.agent],
              useCases: [one.useCase],
              channels: [channel],
              createdSeconds: [seconds(one.startMs)],
              endedSeconds: [ended],
              updatedSeconds: [seconds(one.updatedMs)],
            })
            .catch(ignoreThere)
        : chats.query(closeChat, {
            customerId: customer,
            profileId: one.profile,
            id: one.id,
            agent: one.agent,
            useCase: one.useCase,
            endedSeconds: ended,
            updatedSeconds: seconds(one.updatedMs),
          }),
    );
    await again(() =>
      admin.client.insert({
        table: `${database}.conversation`,
        format: 'JSONEachRow',
        values: [
          {
            customer_id: customer,
            profile_id: one.profile,
            conversation_id: one.id,
            agent_user_id: one.agent,
            usecase_id: one.useCase,
            channel,
            conversation_start_time: instant(one.startMs),
            conversation_end_time: instant(one.endMs),
            update_time: instant(one.updatedMs),
          },
        ],
      }),
    );
  }

  private async stored({ customer, range }: Subject): Promise<Conversation[]> {
    return this.stack.chats.query(selectStoredChats, {
      customerId: customer.id,
      fromMs: range.fromMs,
      toMs: range.toMs,
    });
  }
}

/** Inserts a row. If the answer to an earlier attempt was lost, the row exists already. */
function ignoreThere(error: unknown): void {
  if ((error as { code?: string }).code !== '23505') throw error;
}

/** Repeats `work` until it succeeds: no arrival is lost, however long an engine is down. */
async function again(work: () => Promise<unknown>): Promise<void> {
  await poll(every(againMs), () =>
    work().then(
      () => true,
      () => null,
    ),
  );
}
