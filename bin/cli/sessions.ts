import type { Command } from 'commander';
import { EndSession, type SessionView } from '@/lib/auth/model';
import { parseInput } from '@/lib/edge/parse-input';
import { endSession } from '@/lib/sign-in/end-session';
import { listSessions } from '@/lib/sign-in/list-sessions';
import { show, table } from './output';
import { withSession } from './session';

type Json = { json?: boolean };
const needs = { permission: 'sessions.manage', localRole: 'approver' } as const;

/** `sessions list | revoke`: who is signed in to the pages. */
export function addSessionCommands(program: Command): void {
  const sessions = program.command('sessions').description('who is signed in to the pages');

  sessions
    .command('list')
    .description('open sessions, last active first')
    .option('--json', 'JSON for programs')
    .action((options: Json) =>
      withSession(async ({ ctx, actor }) => {
        const found = { sessions: await listSessions(ctx, {}, actor) };
        show(found, options.json === true, () => drawSessions(found.sessions));
        return undefined;
      }, needs),
    );

  sessions
    .command('revoke')
    .description('end a session; that person is signed out on their next click')
    .argument('<session>')
    .option('--json', 'JSON for programs')
    .action((sessionId: string, options: Json) =>
      withSession(async ({ ctx, actor }) => {
        const ended = await endSession(ctx, parseInput(EndSession, { sessionId }), actor);
        show(ended, options.json === true, () => `Ended a session of ${ended.name}.`);
        return undefined;
      }, needs),
    );
}

const at = (ms: number) => new Date(ms).toISOString();

const drawSessions = (sessions: SessionView[]) =>
  table(
    ['Session', 'Person', 'Role', 'Signed in', 'Last active', 'Ends'],
    sessions.map((one) => [
      one.id,
      one.name,
      one.role,
      at(one.createdAtMs),
      at(one.lastSeenAtMs),
      at(Math.min(one.idleExpiresAtMs, one.expiresAtMs)),
    ]),
  );
