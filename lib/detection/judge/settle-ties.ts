import type { z } from 'zod';
import type { DetectionSession } from './session';
import type { DetectionColumns } from './sql/columns';
import type { ConfirmScope } from './sql/confirm';
import { countTies, createTies, insertNewest, type WhereRead } from './sql/ties';

/**
 * Where candidates have several rows of one key and one version, the order in which the engine stores them decides, as
 * it does for FINAL before a merge and after it. Adds the rows that it decides for to the session's candidates.
 */
export async function settleTies(
  session: DetectionSession,
  input: { columns: DetectionColumns; scope: z.input<typeof ConfirmScope>; whereRead: WhereRead },
): Promise<void> {
  const { columns, scope, whereRead } = input;
  await session.run(createTies, {}, columns);
  const [found] = await session.read(countTies, {}, undefined);
  if (found && found.ties > 0) await session.run(insertNewest, scope, { columns, whereRead });
}
