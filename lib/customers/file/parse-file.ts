import { isMap, isNode, LineCounter, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { RegisteredCustomer } from '../model';
import { customerStates, type StoredCustomer } from '../state-model';

const FileCustomer = z
  .strictObject({
    id: RegisteredCustomer.shape.id,
    name: RegisteredCustomer.shape.displayName.optional(),
    database: RegisteredCustomer.shape.database,
    timeZone: RegisteredCustomer.shape.timeZone,
    profiles: RegisteredCustomer.shape.profiles,
    aliases: RegisteredCustomer.shape.aliases,
    state: z.enum(customerStates).default('active'),
  })
  .transform(({ name, ...rest }) => ({ ...rest, displayName: name ?? rest.id }));
export type FileCustomer = z.output<typeof FileCustomer>;

const CustomersFile = z.strictObject({ customers: z.array(FileCustomer).max(5_000) });
/** Larger than thousands of customers; what is larger is not read. */
const bytesMax = 4_000_000;

/**
 * The customers of a file in YAML. Throws AppError('invalid_input') that names the line of each fault: of the syntax, of
 * a field, or of an id that is there twice.
 */
export function parseFile(text: string): FileCustomer[] {
  if (text.length > bytesMax) throw new AppError('invalid_input', 'The file of customers has more than 4 MB.');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: true, maxAliasCount: 0 } as object);
  const lineAt = (offset: number | undefined) => (offset === undefined ? 1 : lineCounter.linePos(offset).line);
  const faults = document.errors.map(({ pos, message }) => `line ${lineAt(pos[0])}: ${message.split('\n')[0]}`);
  if (faults.length > 0) refuse(faults);
  if (!isMap(document.contents)) refuse(['line 1: the file begins with "customers:" and a list below it']);
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length) as unknown[], true);
      if (isNode(node)) return lineAt(node.range?.[0]);
    }
    return 1;
  };
  const parsed = CustomersFile.safeParse(plainOf(document));
  if (!parsed.success)
    refuse(
      parsed.error.issues.map(
        ({ path, message }) => `line ${lineOf(path)}: ${path.slice(2).join('.') || 'a customer'}: ${message}`,
      ),
    );
  const { customers } = parsed.data as z.output<typeof CustomersFile>;
  const first = new Map<string, number>();
  customers.forEach(({ id }, at) => {
    const line = lineOf(['customers', at, 'id']);
    const other = first.get(id);
    if (other !== undefined) faults.push(`line ${line}: "${id}" is in line ${other} already`);
    first.set(id, other ?? line);
  });
  if (faults.length > 0) refuse(faults);
  return customers;
}

function plainOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    return refuse([`line 1: ${error instanceof Error ? error.message : 'anchors cannot be used'}`]);
  }
}

function refuse(faults: readonly string[]): never {
  const shown = faults.slice(0, 20).join('. ');
  const more = faults.length > 20 ? `. And ${faults.length - 20} more` : '';
  throw new AppError('invalid_input', `The file of customers cannot be used. ${shown}${more}. Nothing was changed.`);
}

/** A file of these customers, sorted by id, which `parseFile` reads and `apply` finds nothing to change in. */
export const fileOf = (customers: readonly StoredCustomer[]): string =>
  stringify(
    {
      customers: customers.map(({ id, displayName, database, timeZone, profiles, aliases, state }) => ({
        id,
        ...(displayName !== id && { name: displayName }),
        database,
        timeZone,
        profiles,
        ...(aliases.length > 0 && { aliases }),
        ...(state !== 'active' && { state }),
      })),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
