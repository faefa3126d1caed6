import type { z } from 'zod';
import { AppError } from '@/lib/errors';

/** Parses or throws AppError('invalid_input') with a sentence for each field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
  const sentences = Object.entries(fields).map(([field, message]) => (field ? `${field}: ${message}` : message));
  throw new AppError('invalid_input', `The request is not usable. ${sentences.join(' ')}`, {
    fields,
    cause: parsed.error,
  });
}
