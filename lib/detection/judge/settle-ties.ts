import type { z } from 'zod';
import type { DetectionSession } from './session';
import type { DetectionNames } from './sql/columns';
import type { ConfirmScope } from './sql/confirm';
import { countTies, createTies, insertNewest } from './sql/ties';

/**
 * Where candidates have several rows of one key and one version, lets the engine's order of rows decide: what FINAL
 * says, before a merge and after. Adds rows to the session's candidates.
 */
export async function settleTies(
  session: DetectionSession,
  input: { names: DetectionNames; scope: z.input<typeof ConfirmScope>; reach: 'chunk' | 'all' | 'within' },
): Promise<void> {
  const { names, scope, reach } = input;
  await session.run(createTies, {}, names);
  const [found] = await session.read(countTies, {}, undefined);
  if (found && found.ties > 0) await session.run(insertNewest, scope, { names, reach });
}
