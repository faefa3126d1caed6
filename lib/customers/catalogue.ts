import type { TableName } from '@/lib/clickhouse/identifiers';

/** Splits SQL text at commas outside of brackets and quotes: `f(a, b), c` gives two. */
export function splitExpressions(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quote) {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '`' || char === '"') quote = char;
    else if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last ? [...parts, last] : parts;
}

/** The content of the brackets that open at or after `from`, split at its outer commas. */
function insideBrackets(text: string, from: number): string[] {
  let open = from;
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (quote) {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '`' || char === '"') quote = char;
    else if (char === '(' && depth++ === 0) open = at + 1;
    else if (char === ')' && --depth === 0) return splitExpressions(text.slice(open, at));
  }
  return [];
}

/** The arguments of the engine as `system.tables.engine_full` writes it: `Engine(a, b) PARTITION BY ...`. */
function engineArguments(engineFull: string): string[] {
  const name = engineFull.match(/^[A-Za-z]+/)?.[0] ?? '';
  return engineFull[name.length] === '(' ? insideBrackets(engineFull, name.length) : [];
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0', a: '\x07', v: '\v' };

/** A name without the quotes that a statement may have around it. */
function unquoted(text: string): string {
  const quoted = text.match(/^(['`"])(.*)\1$/s)?.[2];
  return quoted === undefined ? text : quoted.replace(/\\(.)/gs, (_, char: string) => escapes[char] ?? char);
}

/**
 * The table that a Distributed table reads: `Distributed('cluster', 'database', 'table', ...)`. An empty database means
 * the default database of the cluster, and the cluster may contain macros: `'{cluster}'`.
 */
export function distributedTarget(engineFull: string): { cluster: string; local: TableName } | null {
  const [cluster, database, table] = engineArguments(engineFull).map(unquoted);
  return cluster && database !== undefined && table ? { cluster, local: { database, table } } : null;
}

/** A name with its macros replaced, such as `{shard}`. Macros that the server does not have are left as they are. */
export const withMacros = (name: string, macros: ReadonlyMap<string, string>): string =>
  name.replace(/\{([^{}]+)\}/g, (whole, macro: string) => macros.get(macro) ?? whole);

/** A constraint of a table: `CONSTRAINT name CHECK expression`. */
export type TableConstraint = { name: string; expression: string };

/** The constraints that an INSERT has to satisfy, read from the table's CREATE statement. */
export function constraintsOf(createQuery: string): TableConstraint[] {
  return insideBrackets(createQuery, 0).flatMap((part) => {
    const found = part.match(/^CONSTRAINT (`(?:[^`\\]|\\.)*`|\w+) CHECK (.+)$/s);
    return found?.[1] && found[2] ? [{ name: unquoted(found[1]), expression: found[2] }] : [];
  });
}

/**
 * The version and is-deleted columns of a (Replicated, Shared) ReplacingMergeTree. A replicated engine's path and
 * replica name come first and are quoted, columns are not.
 */
export function replacingColumns(engineFull: string): string[] {
  return engineArguments(engineFull)
    .filter((argument) => !argument.startsWith("'"))
    .map(unquoted);
}

/** The columns of a table that an expression of its key names, plain or in backticks. */
export function columnsIn(expression: string, columns: readonly string[]): string[] {
  const words = new Set(
    (
      expression
        .replace(/'(?:[^'\\]|\\.)*'/g, ' ')
        .match(/`(?:[^`\\]|\\.)*`|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/g) ?? []
    ).map(unquoted),
  );
  return columns.filter((column) => words.has(column));
}

/** Whether an expression of the catalogue can be put into a statement: it breaks no quotes and holds no comment. */
export const isPlainExpression = (text: string) =>
  /^[A-Za-z0-9_ ,.()`'+\-*/%]+$/.test(text) && !/--|\/\*|;/.test(text) && (text.match(/'/g)?.length ?? 0) % 2 === 0;

/** The type inside Nullable and LowCardinality, in either order. */
export function bareType(type: string): string {
  const inner = type.match(/^(?:Nullable|LowCardinality)\((.*)\)$/s)?.[1];
  return inner === undefined ? type : bareType(inner);
}

export const isText = (type: string) => bareType(type) === 'String';
export const isInstant = (type: string) => /^DateTime(64)?(\(|$)/.test(bareType(type));

/** The type without the parts that do not affect values: LowCardinality, and the zone in which an instant is shown. */
export const plainType = (type: string): string =>
  type
    .replace(/LowCardinality\(([^()]*(?:\([^()]*\))?[^()]*)\)/g, '$1')
    .replace(/, '[^']*'\)/g, ')')
    .replace(/\('[^']*'\)/g, '');

/** Whether an expression gives another value each time it is computed. */
export const isChanging = (expression: string): boolean =>
  /\b(now|now64|nowInBlock|nowInBlock64|today|yesterday|utc_?timestamp|current_?(timestamp|date|user|database)|rand\w*|generate(UUID|ULID|Snowflake)\w*|fuzzBits|hostName|fqdn|uptime|serverUUID|rowNumberIn\w+|blockNumber|initialQuery\w*|queryID|connectionId|getSetting|dict(Get|Has)\w*)\s*\(/i.test(
    expression.replace(/'(?:[^'\\]|\\.)*'/g, ''),
  );
