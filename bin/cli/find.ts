import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { hrefOf } from '@/components/find/href';
import { AppError, messageOf } from '@/lib/errors';
import { findAnything } from '@/lib/find/find-anything';
import type { Found } from '@/lib/find/model';
import { visible } from '@/lib/text';
import { exitCodes } from './exit-codes';
import { show } from './output';
import { bounded, withSession } from './session';

type Options = { file?: string; customer?: string; day?: string; from?: string; to?: string; json?: boolean };

/** `find`. */
export function addFindCommand(program: Command): void {
  program
    .command('find')
    .description('what a search or a whole ticket is about, what is known of that, and where it is shown')
    .argument('[text...]', 'customer, day, agent, conversation, run, or a ticket; without it stdin is read')
    .option('--file <path>', 'a file with the ticket')
    .option('--customer <id>', 'the customer, where the text leaves it open')
    .option('--day <day>', 'the day, where the text leaves it open')
    .option('--from <day>', 'the first day, instead of --day')
    .option('--to <day>', 'the day after the last one')
    .option('--json', 'JSON for programs')
    .action((words: string[], options: Options) =>
      withSession(
        async (session) => {
          const { customer, day, from, to } = options;
          if (day !== undefined && (from !== undefined || to !== undefined))
            throw new AppError('invalid_input', 'Give either --day, or --from and --to.');
          const search = { text: await textOf(words, options.file), customer, from: day ?? from, to };
          const found = await findAnything(bounded(session), search, session.actor);
          const { baseUrl } = session.ctx.config.web;
          const url = found.button ? `${baseUrl}${hrefOf(found.button.target)}` : null;
          show({ ...found, url }, options.json === true, () => drawFound(found, url));
          return found.button ? exitCodes.done : exitCodes.notGood;
        },
        { permission: 'read' },
      ),
    );
}

async function textOf(words: readonly string[], file: string | undefined): Promise<string> {
  if (file === undefined) return words.length > 0 ? words.join(' ') : readAll(process.stdin);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError('invalid_input', `The file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

const marks = { wrong: 'wrong', right: 'right', unknown: 'not known' } as const;

/** What was understood in one line, the verdict, what is open, and the page. */
function drawFound({ parts, verdict, ask, button, notes }: Found, url: string | null): string {
  const lines = [parts.join(' · ')];
  if (verdict) lines.push(`${marks[verdict.tone]}: ${verdict.sentence}`);
  if (ask) {
    lines.push(ask.question);
    for (const { label, detail, set } of ask.choices) {
      const options = [
        set.customer && `--customer ${set.customer}`,
        set.from && `--from ${set.from}`,
        set.to && `--to ${set.to}`,
      ];
      lines.push(`  ${label} (${detail}): ${options.filter(Boolean).join(' ')}`);
    }
  }
  lines.push(...notes);
  const target = button?.target;
  if (target?.kind === 'scan')
    lines.push(`${button?.label}: scan ${target.customerId} --from ${target.from} --to ${target.to}`);
  else if (button && url) lines.push(`${button.label}: ${url}`);
  return lines
    .filter((line) => line !== '')
    .map((line) => visible(line))
    .join('\n');
}
