import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { isStorable, storable } from '@/lib/text';

const sentencesMax = 600;
const depthMax = 20;
const isMissing = 'This is missing.';
const isUnstorable = 'This holds a character that cannot be stored.';
/** What a schema says itself; the library's own messages have no period. */
const isSentence = (message: string) =>
  /^\p{Lu}.*\.$/su.test(message) && message !== isMissing && message !== isUnstorable;

/**
 * Parses or throws AppError('invalid_input') with a sentence for each field at fault. Text that cannot be stored (half
 * a surrogate pair, the character zero) is refused in every field, whatever its schema says.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const odd = unstorable(input, []);
  if (odd !== null) throw refusal({ [odd]: isUnstorable }, undefined);
  const parsed = schema.safeParse(input, { error: missing });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  throw refusal(Object.fromEntries(issues.map((issue) => [issue.path.join('.'), issue.message])), parsed.error);
}

/** The default message for a missing field; a schema's own message wins. */
const missing: z.core.$ZodErrorMap = ({ code, input }) =>
  code === 'invalid_type' && input === undefined ? isMissing : undefined;

/** The schema of a command, which refuses fields that it does not name. A read ignores them. */
export function strictly<Schema extends z.ZodType>(schema: Schema): Schema {
  if (!(schema instanceof z.ZodObject)) return schema;
  // The same as `schema.strict()`, which would lose the type of the schema.
  return schema.clone({ ...schema.def, catchall: z.never() });
}

/** The schemas' own sentences stand by themselves; another message needs its field. */
function refusal(fields: Record<string, string>, cause: unknown): AppError {
  const messages = Object.entries(fields);
  const said = messages.map(([field, message]) => (isSentence(message) || !field ? message : `${field}: ${message}`));
  if (!messages.every(([, message]) => isSentence(message))) said.unshift('The request is not usable.');
  const sentences = [...new Set(said)].join(' ');
  const shown = sentences.length > sentencesMax ? `${sentences.slice(0, sentencesMax)}…` : sentences;
  return new AppError('invalid_input', oneLine(shown), { fields, cause });
}

/** The name of a field may come from the caller too. */
const oneLine = (text: string) => storable(text).replace(/\p{Cc}+/gu, ' ');

/** The path of the first text that cannot be stored; null if there is none. */
function unstorable(value: unknown, path: string[]): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : path.join('.');
  if (value === null || typeof value !== 'object' || path.length > depthMax) return null;
  for (const [key, each] of Object.entries(value)) {
    if (!isStorable(key)) return path.join('.');
    const found = unstorable(each, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}
