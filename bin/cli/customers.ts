import type { Command } from 'commander';
import { addCustomer } from '@/lib/customers/add-customer';
import { checkCustomer } from '@/lib/customers/check-customer';
import { discoverDatabases } from '@/lib/customers/discover-databases';
import { listCustomers } from '@/lib/customers/list-customers';
import { addCustomerChangeCommands } from './customer-changes';
import { exitCodes } from './exit-codes';
import { show, table } from './output';
import { withSession } from './session';

type Json = { json?: boolean };
type AddOptions = { database: string; profile: string[]; timeZone: string; name?: string; alias?: string[] };

/** `customers add | list | discover | check`, and what changes one. */
export function addCustomerCommands(program: Command): void {
  const customers = program.command('customers').description('the customers, and where their tables are');

  customers
    .command('add')
    .description('register a customer')
    .argument('<id>', 'the customer id in the data')
    .requiredOption('--database <name>', 'the ClickHouse database with its tables')
    .requiredOption('--profile <id...>', 'all profiles that it has in the data')
    .requiredOption('--time-zone <zone>', 'the IANA zone of its days, such as America/Los_Angeles')
    .option('--name <text>', 'the name that people know; by default the id')
    .option('--alias <text...>', 'other names that people use in tickets')
    .option('--json', 'JSON for programs')
    .action((id: string, options: Json & AddOptions) =>
      withSession(
        async ({ ctx, actor }) => {
          const input = {
            id,
            displayName: options.name ?? id,
            profiles: options.profile.flatMap((profile) => profile.split(',')),
            database: options.database,
            timeZone: options.timeZone,
            aliases: options.alias,
          };
          const customer = await addCustomer(ctx, input, actor);
          show({ customer }, options.json === true, () => `Registered ${customer.id}. Check it: customers check ${id}`);
          return exitCodes.done;
        },
        { permission: 'customers.manage' },
      ),
    );

  customers
    .command('list')
    .description('the registered customers')
    .option('--all', 'retired customers too')
    .option('--json', 'JSON for programs')
    .action((options: Json & { all?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          const found = (await listCustomers(ctx)).filter(({ state }) => options.all || state !== 'retired');
          show({ customers: found }, options.json === true, () =>
            table(
              ['Customer', 'Name', 'State', 'Aliases', 'Database', 'Time zone', 'Profiles'],
              found.map((one) => [
                one.id,
                one.displayName,
                one.state,
                one.aliases.join(', ') || null,
                one.database,
                one.timeZone,
                one.profiles.join(', '),
              ]),
            ),
          );
          return exitCodes.done;
        },
        { permission: 'read' },
      ),
    );

  addCustomerChangeCommands(customers);

  customers
    .command('discover')
    .description('databases that hold both tables, and the customers in them')
    .option('--json', 'JSON for programs')
    .action((options: Json) =>
      withSession(
        async ({ ctx }) => {
          const databases = await discoverDatabases(ctx);
          show({ databases }, options.json === true, () =>
            table(
              ['Database', 'Customer in the data', 'Profiles', 'Conversations', 'Registered as'],
              databases.flatMap((found) =>
                (found.customers.length > 0 ? found.customers : [null]).map((one) => [
                  found.database,
                  one?.customerId ?? null,
                  one?.profiles.join(', ') ?? null,
                  one?.conversations ?? null,
                  found.registeredAs.join(', ') || null,
                ]),
              ),
            ),
          );
          return exitCodes.done;
        },
        { permission: 'customers.manage' },
      ),
    );

  customers
    .command('check')
    .description('compare a registered customer with what ClickHouse has; exit code 5 if they differ')
    .argument('<customer>')
    .option('--json', 'JSON for programs')
    .action((id: string, options: Json) =>
      withSession(
        async ({ ctx }) => {
          const checks = await checkCustomer(ctx, id);
          show({ customerId: id, checks }, options.json === true, () =>
            table(
              ['Check', 'Verdict', 'Found'],
              checks.map((check) => [check.id, check.verdict, check.sentence]),
            ),
          );
          return checks.every((check) => check.verdict === 'pass') ? exitCodes.done : exitCodes.notGood;
        },
        { permission: 'read' },
      ),
    );
}
