import { firstOf, patience } from '@/lib/clock';
import type { Context } from '@/lib/context';
import { AppError, messageOf } from '@/lib/errors';
import type { HealthPart } from './model';

/** How long one question may take. */
export const timeoutSeconds = 5;
/** A part that needs several answers has this long for all of them. */
const partMs = 2 * timeoutSeconds * 1_000;

/** A part from what `read` answers; a failed one with a sentence where it throws or is silent. */
export async function guarded(
  { log }: Context,
  name: HealthPart['name'],
  facts: HealthPart['facts'],
  read: () => Promise<Omit<HealthPart, 'name'>>,
): Promise<HealthPart> {
  const over = new AbortController();
  const silence = patience(partMs, over.signal).then(() => {
    throw new AppError('unavailable', `${name} gave no answer within ${partMs / 1_000} seconds.`);
  });
  try {
    return { name, ...(await firstOf([read(), silence], over)) };
  } catch (error) {
    log.warn({ part: name, reason: messageOf(error) }, 'a health check failed');
    const sentence = error instanceof AppError ? error.message : `${name} answered with an error, which the log has.`;
    return { name, status: 'failed', sentence, facts };
  }
}
