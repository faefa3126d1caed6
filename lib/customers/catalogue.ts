import type { TableName } from '@/lib/clickhouse/names';

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

/** The arguments of the engine as `system.tables.engine_full` writes it: `Engine(a, b) PARTITION BY ...`. */
export function engineArguments(engineFull: string): string[] {
  const open = engineFull.indexOf('(');
  const name = engineFull.match(/^[A-Za-z]+/)?.[0] ?? '';
  if (open !== name.length) return [];
  let depth = 0;
  let quote = '';
  for (let at = open; at < engineFull.length; at++) {
    const char = engineFull[at] as string;
    if (quote) {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '`' || char === '"') quote = char;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return splitExpressions(engineFull.slice(open + 1, at));
  }
  return [];
}

const unquoted = (text: string) => text.replace(/^(['`"])(.*)\1$/s, '$2');

/** Where a Distributed table reads from: `Distributed('cluster', 'database', 'table', ...)`. */
export function distributedTarget(engineFull: string): { cluster: string; local: TableName } | null {
  const [cluster, database, table] = engineArguments(engineFull).map(unquoted);
  return cluster && database && table ? { cluster, local: { database, table } } : null;
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

/** The columns of a table that an expression of its key names. */
export function columnsIn(expression: string, columns: readonly string[]): string[] {
  const words = new Set(expression.replace(/'(?:[^'\\]|\\.)*'/g, ' ').match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []);
  return columns.filter((column) => words.has(column));
}

/** True for text a catalogue may hold as a key and that can be put into a statement: no quote-breaking, no comment. */
export const isPlainExpression = (text: string) =>
  /^[A-Za-z0-9_ ,.()`'+\-*/%]+$/.test(text) && !/--|\/\*|;/.test(text) && (text.match(/'/g)?.length ?? 0) % 2 === 0;

/** The type inside Nullable and LowCardinality, in either order. */
export function bareType(type: string): string {
  const inner = type.match(/^(?:Nullable|LowCardinality)\((.*)\)$/s)?.[1];
  return inner === undefined ? type : bareType(inner);
}

export const isText = (type: string) => bareType(type) === 'String';
export const isInstant = (type: string) => /^DateTime(64)?(\(|$)/.test(bareType(type));
