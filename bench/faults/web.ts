import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PlanProgress } from '@/lib/backfill/plan/plan-request-model';
import type { RunSummary, RunView } from '@/lib/backfill/state/model';
import type { Plan } from '@/lib/backfill/state/plan-model';
import type { CampaignSummary, CampaignView } from '@/lib/campaigns/state/campaign-model';
import { repositoryRoot } from '@/lib/embedded/root';
import type { OrderSummary, OrderView } from '@/lib/orders/model';
import { every, poll } from '@/lib/poll';

/** It is long, since a preview takes minutes on a busy machine. The connection to a killed process breaks at once. */
const answerWithinMs = 240_000;

const Manifest = z.object({ node: z.record(z.string(), z.object({ filename: z.string(), exportedName: z.string() })) });
const Answer = z.union([
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }).loose() }),
]);

/** `unknown`: no answer came, so the command may or may not have happened. */
export type Answered =
  | { outcome: 'ok'; data: unknown }
  | { outcome: 'refused'; code: string; sentence: string }
  | { outcome: 'unknown'; sentence: string };

/** A person at the pages: signs in, reads what pages poll, and calls the actions that buttons call. */
export class Person {
  readonly name: string;
  private readonly url: string;
  private readonly ids: Record<string, string>;
  private cookie = '';

  constructor(url: string, name: string) {
    this.url = url;
    this.name = name;
    const path = join(repositoryRoot(), '.next', 'server', 'server-reference-manifest.json');
    const { node } = Manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
    this.ids = Object.fromEntries(
      Object.entries(node).map(([id, { filename, exportedName }]) => [`${filename} ${exportedName}`, id]),
    );
  }

  runs = (customer: string) => this.read<RunSummary[]>(`/api/backfills?customer=${customer}`);
  run = (id: string) => this.read<RunView>(`/api/backfills/${id}`);

  /** What a page reads; null if it could not be read. */
  async read<T>(path: string): Promise<T | null> {
    const answered = await this.ask((cookie) => fetch(this.url + path, { headers: { cookie }, ...this.options() }));
    return answered.outcome === 'ok' ? (answered.data as T) : null;
  }

  /** Asks for a preview and waits for it, as the page does; null if none could be made. */
  async plan(request: object): Promise<Plan | null> {
    const asked = await this.act('lib/backfill/control/actions.ts requestPlan', '/backfills/new', request);
    if (asked.outcome !== 'ok') return null;
    const { planId } = asked.data as { planId: string };
    const ended = await poll({ ...every(500), withinMs: answerWithinMs }, async () => {
      const progress = await this.read<PlanProgress>(`/api/plans/${planId}`);
      return progress && progress.status !== 'queued' && progress.status !== 'running' ? progress : null;
    });
    return ended?.plan ?? null;
  }

  campaigns = () => this.read<CampaignSummary[]>('/api/campaigns');
  campaign = (id: string) => this.read<CampaignView>(`/api/campaigns/${id}`);
  planCampaign = (input: object) => this.act('lib/campaigns/actions.ts planCampaign', '/campaigns', input);
  startCampaign = (input: object) => this.act('lib/campaigns/actions.ts startCampaign', '/campaigns', input);
  controlCampaign = (input: object) => this.act('lib/campaigns/actions.ts controlCampaign', '/campaigns', input);

  /** What is stopped, or null; undefined where it could not be read. */
  stopped = async () => (await this.read<{ stop: { id: string } | null }>('/api/stop'))?.stop;
  stopEverything = (input: object) => this.act('lib/backfill/control/actions.ts stopEverything', '/backfills', input);
  liftStop = (input: object) => this.act('lib/backfill/control/actions.ts liftStop', '/backfills', input);

  orders = () => this.read<OrderSummary[]>('/api/orders');
  order = (id: string) => this.read<OrderView>(`/api/orders/${id}`);
  proposeOrder = (input: object) => this.act('lib/orders/actions.ts proposeOrder', '/orders', input);
  askOrder = (input: object) => this.act('lib/orders/actions.ts askOrder', '/orders', input);
  endOrder = (input: object) => this.act('lib/orders/actions.ts endOrder', '/orders', input);
  decide = (input: object) => this.act('lib/approvals/actions.ts decideApproval', '/approvals', input);

  start = (input: object) => this.act('lib/backfill/control/actions.ts startBackfill', '/backfills', input);
  control = (input: object) => this.act('lib/backfill/control/actions.ts controlRun', '/backfills', input);

  private act(action: string, path: string, input: object): Promise<Answered> {
    return this.ask((cookie) => this.call(action, path, [input], cookie));
  }

  private async ask(call: (cookie: string) => Promise<Response>): Promise<Answered> {
    for (let tries = 1; ; tries += 1) {
      const answered = await this.once(call);
      const signedOut = answered.outcome === 'refused' && answered.code === 'unauthenticated';
      if (!signedOut || tries > 2) return answered;
      await this.signIn();
    }
  }

  private async once(call: (cookie: string) => Promise<Response>): Promise<Answered> {
    try {
      const response = await call(this.cookie);
      const text = await response.text();
      const line = text.match(/^(?:\w+:)?(\{"ok":.*\})$/m)?.[1];
      if (!line) return { outcome: 'unknown', sentence: `HTTP ${response.status}: ${text.slice(0, 200)}` };
      const answer = Answer.parse(JSON.parse(line));
      if (answer.ok) return { outcome: 'ok', data: answer.data };
      // NOTE: without a sentence for people the request may have failed at any point, even after its commit.
      const { code, message } = answer.error;
      const unclear = code === 'unexpected' || code === 'unavailable';
      return unclear ? { outcome: 'unknown', sentence: message } : { outcome: 'refused', code, sentence: message };
    } catch (error) {
      return { outcome: 'unknown', sentence: String(error) };
    }
  }

  private async signIn(): Promise<void> {
    const person = { name: this.name, role: 'approver' };
    const response = await this.call('app/sign-in/actions.ts signIn', '/sign-in', [person], '').catch(() => null);
    const set = response?.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    if (set && set.length > 0) this.cookie = set.join('; ');
  }

  private call(action: string, path: string, args: unknown[], cookie: string): Promise<Response> {
    const id = this.ids[action];
    if (!id) throw new Error(`the build has no action "${action}"`);
    return fetch(this.url + path, {
      method: 'POST',
      headers: {
        accept: 'text/x-component',
        'content-type': 'text/plain;charset=UTF-8',
        'next-action': id,
        origin: this.url,
        cookie,
      },
      body: JSON.stringify(args),
      ...this.options(),
    });
  }

  private options = (): RequestInit => ({ redirect: 'manual', signal: AbortSignal.timeout(answerWithinMs) });
}
