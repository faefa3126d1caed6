import { ClickHouseError, parseError } from '@clickhouse/client';
import { z } from 'zod';
import { ForeignAnswer, isConnectionFailure } from './failure';

const Answer = z.object({
  data: z.array(z.unknown()),
  statistics: z.object({ rows_read: z.coerce.number(), bytes_read: z.coerce.number() }).partial().optional(),
  exception: z.string().optional(),
});
export type Answer = z.infer<typeof Answer>;

type Headers = Record<string, unknown> | undefined;

/** An exception comes at the end of the data that was sent before it. */
const tailMax = 16_384;

/** Whether ClickHouse gave the answer. An answer of a balancer has none of ClickHouse's headers. */
export const isClickHouses = (headers: Headers): boolean =>
  Object.keys(headers ?? {}).some((name) => name.toLowerCase().startsWith('x-clickhouse-'));

/**
 * The body of format JSON. Throws ClickHouseError for an exception that came after the first rows, inside the JSON or
 * behind it, and ForeignAnswer for what is no whole answer of ClickHouse's. An empty body of ClickHouse's own is null.
 */
export function parseAnswer(text: string, headers: Headers): Answer | null {
  if (text === '' && isClickHouses(headers)) return null;
  const answer = Answer.safeParse(parsed(text));
  if (answer.success && answer.data.exception === undefined) return answer.data;
  throw exceptionIn(answer.data?.exception ?? text.slice(-tailMax)) ?? new ForeignAnswer(wordsOf(text));
}

/** What ClickHouse says in `text`; the client's own parser wants a name at its end, which a proxy may have cut off. */
function exceptionIn(text: string): ClickHouseError | null {
  const failure = parseError(text);
  if (failure instanceof ClickHouseError) return failure;
  const [, code, message] = /\bCode: (\d{1,4})\. DB::Exception: (.*)/s.exec(text) ?? [];
  return code === undefined ? null : new ClickHouseError({ message: message ?? '', code, type: undefined });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the HTTP client threw, with a balancer's page, which it hands on as a message, recognised. */
export function thrown(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ClickHouseError || error instanceof ForeignAnswer) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (isConnectionFailure(error) || code !== undefined) return error;
  return exceptionIn(error.message) ?? new ForeignAnswer(wordsOf(error.message), { cause: error });
}

/** A page's title, or its first words; never its markup. */
function wordsOf(body: string): string {
  const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(body)?.[1] ?? body.replace(/<[^>]*>/g, ' ').slice(0, 2_000);
  const words = title.replace(/\s+/g, ' ').trim().slice(0, 80);
  if (words === '') return 'what came back was empty';
  return /^[[{]/.test(words) ? 'what came back was cut short' : `something in between answered “${words}”`;
}
