import type { Command } from 'commander';
import { liftStop, stopEverything } from '@/lib/backfill/control/stop-everything';
import type { StopView } from '@/lib/backfill/state/stop-model';
import { getStop } from '@/lib/backfill/view/get-stop';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import { count } from '@/lib/words';
import { show, table } from './output';
import { withSession } from './session';

/** How long the command waits to see what the stop leaves. */
const seenWithinMs = 3_000;

type Options = { reason?: string; now?: boolean; lift?: boolean; json?: boolean };

/** `stop-everything`. */
export function addStopCommand(program: Command): void {
  program
    .command('stop-everything')
    .description('stop all work on ClickHouse within a second, or lift the stop; without --reason, say how it is')
    .option('--reason <text>', 'why, for the audit')
    .option('--now', 'also stop Jobs, also between a delete and its relabel')
    .option('--lift', 'lift the stop')
    .option('--json', 'JSON for programs')
    .action((options: Options) => {
      const changes = options.reason !== undefined || options.lift === true || options.now === true;
      return withSession(
        async ({ ctx, actor, signal }) => {
          const reason = options.reason ?? '';
          if (changes && reason.trim() === '') throw new AppError('invalid_input', 'Give a reason with --reason.');
          if (options.lift && options.now) throw new AppError('invalid_input', 'Give either --lift or --now.');
          if (options.lift) await liftStop(ctx, { reason }, actor);
          else if (changes) await stopEverything(ctx, { reason, immediately: options.now === true }, actor);
          const settled = async () => {
            const view = await getStop(ctx);
            return view.units.some(({ status }) => status !== 'needs attention') ? null : view;
          };
          const stopped = changes && !options.lift;
          const found = stopped ? await poll({ ...every(200), withinMs: seenWithinMs, signal }, settled) : null;
          show(found ?? (await getStop(ctx)), options.json === true, drawStop);
          return undefined;
        },
        { permission: changes ? 'everything.stop' : 'read', input: options },
      );
    });
}

function drawStop({ stop, units }: StopView): string {
  if (!stop) return 'Nothing is stopped.';
  const at = new Date(stop.atMs).toISOString();
  const head = `${stop.by} stopped everything${stop.immediately ? ' at once' : ''} at ${at}: ${stop.reason}`;
  if (units.length === 0) return `${head}\nNo unit is in work, and none was left without labels.`;
  return [
    head,
    '',
    `${count(units.length, 'unit')} in work, or left without labels:`,
    table(
      ['Run', 'Customer', 'Unit', 'Status', 'Labels are', 'Label rows'],
      units.map((one) => [
        one.runId,
        one.customerId,
        unitInWords(one.unit),
        one.status,
        one.status === 'needs attention' ? one.left : 'not stopped yet',
        one.labelRows,
      ]),
    ),
  ].join('\n');
}
