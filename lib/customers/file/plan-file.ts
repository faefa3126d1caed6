import { countedChanges, type StoredCustomer } from '../state-model';
import type { FileCustomer } from './parse-file';

export type FileChange =
  | { kind: 'add'; customer: FileCustomer; line: string }
  | { kind: 'change'; customer: FileCustomer; before: StoredCustomer; line: string }
  | { kind: 'pause' | 'resume' | 'retire'; id: string; state: StoredCustomer['state']; line: string };

const fields = ['displayName', 'database', 'timeZone', 'profiles', 'aliases'] as const;
const words = {
  displayName: 'name',
  database: 'database',
  timeZone: 'timeZone',
  profiles: 'profiles',
  aliases: 'aliases',
};
const text = (value: string | readonly string[]) => (typeof value === 'string' ? value : [...value].sort().join(', '));
const verbs = { active: 'resume', paused: 'pause', retired: 'retire' } as const;

/**
 * What makes the registry as the file says, in order of the file: what the file does not name stays, unless
 * `retireOthers`. Nothing where they agree.
 */
export function planFile(
  file: readonly FileCustomer[],
  registry: readonly StoredCustomer[],
  { retireOthers }: { retireOthers: boolean },
): FileChange[] {
  const stored = new Map(registry.map((customer) => [customer.id, customer]));
  const stateChange = (id: string, from: StoredCustomer['state'], to: StoredCustomer['state']): FileChange[] =>
    from === to ? [] : [{ kind: verbs[to], id, state: to, line: `${verbs[to]} ${id} (it is ${from})` }];
  const changes = file.flatMap((customer): FileChange[] => {
    const before = stored.get(customer.id);
    if (!before)
      return [
        { kind: 'add', customer, line: `add ${customer.id}: ${customer.database}, ${customer.timeZone}` },
        ...stateChange(customer.id, 'active', customer.state),
      ];
    const differing = fields.filter((field) => text(before[field]) !== text(customer[field]));
    const again = countedChanges(before, customer).length > 0 ? '; every day is counted again' : '';
    const said = differing.map(
      (field) => `${words[field]} ${text(before[field]) || 'none'} → ${text(customer[field]) || 'none'}`,
    );
    return [
      ...(differing.length === 0
        ? []
        : [{ kind: 'change' as const, customer, before, line: `change ${customer.id}: ${said.join('; ')}${again}` }]),
      ...stateChange(customer.id, before.state, customer.state),
    ];
  });
  if (!retireOthers) return changes;
  const named = new Set(file.map(({ id }) => id));
  const others = registry.filter(({ id }) => !named.has(id));
  return [...changes, ...others.flatMap(({ id, state }) => stateChange(id, state, 'retired'))];
}
