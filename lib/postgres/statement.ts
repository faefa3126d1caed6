import { z } from 'zod';

/** No parameters. */
const none = z.object({});

/**
 * One Postgres statement as a value. `text` has `$1 ...` for the parameters, whose names are `order`; `params` checks
 * their values; `row` turns snake_case into camelCase.
 */
export type PgStatement<Params extends z.ZodObject, Row extends z.ZodType> = {
  name: string;
  text: string;
  order: readonly string[];
  params: Params;
  row: Row;
};

/** What a caller passes: nothing where a statement has no parameters. */
export type ParamsOf<Params extends z.ZodObject> = keyof Params['shape'] extends never ? [] : [params: z.input<Params>];

/**
 * Declares a statement, whose `text` holds `:name` for each parameter. Throws where `text` and `params` disagree.
 */
export function pgStatement<Row extends z.ZodType, Params extends z.ZodObject = typeof none>(value: {
  name: string;
  text: string;
  params?: Params;
  row: Row;
}): PgStatement<Params, Row> {
  const params = value.params ?? none;
  const compiled = compile(value.name, value.text, Object.keys(params.shape));
  return { name: value.name, ...compiled, params: params as Params, row: value.row };
}

/** The values of a statement's parameters in the order of its `$n`. */
export const valuesOf = (
  { order, params }: { order: readonly string[]; params: z.ZodObject },
  given: unknown,
): unknown[] => {
  const values = params.parse(given ?? {});
  return order.map((name) => values[name] ?? null);
};

/** A parameter, or what holds a colon without being one: a text, a quoted name, a comment, a dollar quote, a cast. */
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|::|:([A-Za-z]\w*)/g;

function compile(name: string, text: string, declared: string[]): { text: string; order: string[] } {
  const order: string[] = [];
  const compiled = text.replace(token, (found, _quote, parameter?: string) => {
    if (parameter === undefined) return found;
    if (!order.includes(parameter)) order.push(parameter);
    return `$${order.indexOf(parameter) + 1}`;
  });
  const unknown = order.filter((one) => !declared.includes(one));
  const unused = declared.filter((one) => !order.includes(one));
  if (unknown.length > 0) throw new Error(`${name}: no schema declares :${unknown.join(', :')}`);
  if (unused.length > 0) throw new Error(`${name}: its text does not use :${unused.join(', :')}`);
  return { text: compiled, order };
}
