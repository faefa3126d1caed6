import { type Command, Option } from 'commander';
import { NewToken, type TokenView } from '@/lib/auth/model';
import { type Role, roles } from '@/lib/auth/permissions';
import { parseInput } from '@/lib/edge/parse-input';
import { createToken } from '@/lib/sign-in/create-token';
import { listTokens } from '@/lib/sign-in/list-tokens';
import { revokeToken } from '@/lib/sign-in/revoke-token';
import { say, show, table } from './output';
import { withSession } from './session';

type Json = { json?: boolean };
/** Without a token, a person who can reach this console's database makes the first one. */
const needs = { permission: 'tokens.manage', localRole: 'approver' } as const;

/** `tokens create | list | revoke`. Programs use tokens for the GET routes of the pages and for this command line. */
export function addTokenCommands(program: Command): void {
  const tokens = program.command('tokens').description('access tokens of programs');

  tokens
    .command('create')
    .description('create a token; its text is printed once and stored nowhere')
    .argument('<name>', 'its name in the audit, such as nightly-scan')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).default('viewer'))
    .option('--days <days>', 'for how many days it is valid, 366 at most', '90')
    .option('--json', 'JSON for programs')
    .action((name: string, options: Json & { role: Role; days: string }) =>
      withSession(async ({ ctx, actor }) => {
        const input = parseInput(NewToken, { name, role: options.role, days: Number(options.days) });
        const token = await createToken(ctx, input, actor);
        show(token, options.json === true, () => token.secret);
        say(`Copy it now: it cannot be shown again. Its role is ${token.role} until ${day(token.expiresAtMs)}.`);
        return undefined;
      }, needs),
    );

  tokens
    .command('list')
    .description('every token and its state, never its text')
    .option('--json', 'JSON for programs')
    .action((options: Json) =>
      withSession(async ({ ctx }) => {
        show({ tokens: await listTokens(ctx) }, options.json === true, (found) => drawTokens(found.tokens));
        return undefined;
      }, needs),
    );

  tokens
    .command('revoke')
    .description('end a token; its next use is refused')
    .argument('<name-or-id>')
    .option('--json', 'JSON for programs')
    .action((nameOrId: string, options: Json) =>
      withSession(async ({ ctx, actor }) => {
        const token = await revokeToken(ctx, nameOrId, actor);
        show(token, options.json === true, () => `Revoked ${token.name}.`);
        return undefined;
      }, needs),
    );
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const drawTokens = (tokens: TokenView[]) =>
  table(
    ['Name', 'Role', 'State', 'Created by', 'Expires', 'Last used', 'Id'],
    tokens.map((token) => [
      token.name,
      token.role,
      token.state,
      token.createdBy,
      day(token.expiresAtMs),
      token.lastUsedAtMs === null ? null : new Date(token.lastUsedAtMs).toISOString(),
      token.id,
    ]),
  );
