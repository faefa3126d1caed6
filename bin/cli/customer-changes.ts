import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { editCustomer, setCustomerState } from '@/lib/customers/change/change-customer';
import { readChange } from '@/lib/customers/change/read-change';
import { applyFile } from '@/lib/customers/file/apply-file';
import { fileOf, parseFile } from '@/lib/customers/file/parse-file';
import { planFile } from '@/lib/customers/file/plan-file';
import { getCustomer } from '@/lib/customers/get-customer';
import { listCustomers } from '@/lib/customers/list-customers';
import { countedChanges, effectsOfRecount, effectsOfStop } from '@/lib/customers/state-model';
import { AppError, messageOf } from '@/lib/errors';
import { count } from '@/lib/words';
import { exitCodes } from './exit-codes';
import { answer, say, show } from './output';
import { withSession } from './session';

type Json = { json?: boolean };
type EditOptions = Json & {
  name?: string;
  database?: string;
  timeZone?: string;
  profile?: string[];
  alias?: string[];
  aliases?: boolean;
  dryRun?: boolean;
};
const manage = { permission: 'customers.manage' as const };

/** `customers edit | pause | resume | retire | export | apply`. */
export function addCustomerChangeCommands(customers: Command): void {
  customers
    .command('edit')
    .description('change what the registry says of a customer; what is not named stays')
    .argument('<id>')
    .option('--name <text>', 'the name that people know')
    .option('--database <name>', 'the ClickHouse database with its tables')
    .option('--time-zone <zone>', 'the IANA zone of its days')
    .option('--profile <id...>', 'all its profiles; these replace the ones that it has')
    .option('--alias <text...>', 'its other names; these replace the ones that it has')
    .option('--no-aliases', 'it has no other names any more')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--json', 'JSON for programs')
    .action((id: string, options: EditOptions) =>
      withSession(async ({ ctx, actor }) => {
        const { customer, use } = await readChange(ctx, { customerId: id });
        const wanted = {
          displayName: options.name ?? customer.displayName,
          database: options.database ?? customer.database,
          timeZone: options.timeZone ?? customer.timeZone,
          profiles: options.profile?.flatMap((one) => one.split(',')) ?? customer.profiles,
          aliases: options.aliases === false ? [] : (options.alias ?? customer.aliases),
        };
        const counted = countedChanges(customer, wanted);
        const effects = counted.length > 0 ? effectsOfRecount(use, counted, id) : [];
        for (const effect of effects) say(effect);
        if (options.dryRun) return exitCodes.done;
        const done = await editCustomer(ctx, { customerId: id, version: customer.version, ...wanted }, actor);
        show(done, options.json === true, ({ changed }) =>
          changed.length === 0
            ? `${id} is so already; nothing was changed.`
            : `Changed of ${id}: ${changed.join(', ')}.`,
        );
        return exitCodes.done;
      }, manage),
    );

  const states = [
    ['pause', 'paused', 'no scans and no new repairs of a customer until it is resumed; runs under way go on'],
    ['resume', 'active', 'scan and repair a paused or retired customer again'],
    ['retire', 'retired', 'as pause, and lists leave it out; runs, audit and history stay'],
  ] as const;
  for (const [verb, state, what] of states)
    customers
      .command(verb)
      .description(what)
      .argument('<id>')
      .requiredOption('--reason <text>', 'why, for the audit')
      .option('--json', 'JSON for programs')
      .action((id: string, { reason, json }: Json & { reason: string }) =>
        withSession(async ({ ctx, actor }) => {
          const { customer, use } = await readChange(ctx, { customerId: id });
          if (state !== 'active' && customer.state !== state)
            for (const effect of effectsOfStop(use, state)) say(effect);
          await setCustomerState(ctx, { customerId: id, version: customer.version, state, reason }, actor);
          show({ id, state }, json === true, () =>
            customer.state === state ? `${id} is ${state} already.` : `${id} is ${state}.`,
          );
          return exitCodes.done;
        }, manage),
      );

  customers
    .command('export')
    .description('print the customers as a file that "customers apply" reads')
    .action(() =>
      withSession(
        async ({ ctx }) => {
          answer(fileOf(await listCustomers(ctx)).trimEnd());
          return exitCodes.done;
        },
        { permission: 'read' },
      ),
    );

  customers
    .command('apply')
    .description('make the registry as a file says; without --yes it only says what would change')
    .requiredOption('-f, --file <path>', 'a file in YAML, or - for stdin')
    .option('--yes', 'make the changes')
    .option('--retire-others', 'retire customers that the file does not name')
    .option('--reason <text>', 'why, for the audit of pauses and retirements', 'customers apply')
    .option('--json', 'JSON for programs')
    .action((options: Json & { file: string; yes?: boolean; retireOthers?: boolean; reason: string }) =>
      withSession(async ({ ctx, actor }) => {
        const changes = planFile(parseFile(textOf(options.file)), await listCustomers(ctx), {
          retireOthers: options.retireOthers === true,
        });
        const outcomes = options.yes ? await applyFile(ctx, changes, { actor, reason: options.reason }) : null;
        const rows = changes.map(({ kind, line }, at) => ({ kind, line, failure: outcomes?.[at] ?? null }));
        show({ applied: outcomes !== null, changes: rows }, options.json === true, () =>
          [
            ...rows.map(({ line, failure }) => (failure ? `${line}\n  not done: ${failure}` : line)),
            rows.length === 0
              ? 'The registry is as the file says.'
              : options.yes
                ? `${count(rows.filter(({ failure }) => failure === null).length, 'change')} made.`
                : `${count(rows.length, 'change')} would be made. Nothing was changed; --yes makes them.`,
          ].join('\n'),
        );
        return rows.some(({ failure }) => failure !== null) ? exitCodes.notGood : exitCodes.done;
      }, manage),
    );

  customers
    .command('set-aside')
    .description('what was counted before a time zone, a database or profiles changed')
    .argument('<id>')
    .action((id: string) =>
      withSession(
        async ({ ctx }) => {
          await getCustomer(ctx, id);
          answer(JSON.stringify((await readChange(ctx, { customerId: id })).setAside, null, 2));
          return exitCodes.done;
        },
        { permission: 'read' },
      ),
    );
}

function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new AppError('invalid_input', `${path} cannot be read: ${messageOf(error)}`);
  }
}
