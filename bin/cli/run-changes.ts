import { type Command, Option } from 'commander';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { DifferencesAddress } from '@/lib/differences/address';
import { exportDifferences } from '@/lib/differences/export-differences';
import { differenceKinds, kindNames, kindsIn } from '@/lib/differences/kinds-model';
import {
  type DifferenceSource,
  type DifferencesView,
  differenceFilters,
  differenceSources,
  type LabelRow,
} from '@/lib/differences/model';
import { readDifferences } from '@/lib/differences/read-differences';
import { parseInput } from '@/lib/edge/parse-input';
import { type ExportFormat, exportFormats } from '@/lib/export/model';
import { formatNumber } from '@/lib/words';
import { show, table, writeTexts } from './output';
import { withSession } from './session';

type Options = {
  unit?: string;
  day?: string;
  kind?: (typeof differenceFilters)[number];
  agent?: string;
  useCase?: string;
  search?: string;
  source?: DifferenceSource;
  page: string;
  format?: ExportFormat;
  json?: boolean;
};

/** `runs changes`: old labels beside new ones. */
export function addRunChangesCommand(runs: Command): void {
  runs
    .command('changes')
    .description('what a backfill changed: labels before and after of each conversation')
    .argument('<run>')
    .option('--unit <unit>', 'only this unit, as "runs show --json" names it')
    .option('--day <day>', 'only conversations that start on this day of the customer')
    .addOption(new Option('--kind <kind>', 'only this kind of change').choices(differenceFilters))
    .option('--agent <id>', 'only with this agent before or after')
    .option('--use-case <id>', 'only with this use case before or after')
    .option('--search <text>', 'text in the id of the conversation')
    .addOption(
      new Option('--source <source>', 'of one unit: as stored then, or its backup beside the labels of now').choices(
        differenceSources,
      ),
    )
    .option('--page <number>', 'which page of 100 conversations', '1')
    .addOption(new Option('--format <name>', 'all of them as CSV or JSON lines').choices(exportFormats))
    .option('--json', 'JSON for programs')
    .action((run: string, { useCase, search, format, json, ...options }: Options) =>
      withSession(
        async ({ ctx, signal }) => {
          const query = parseInput(DifferencesAddress, { ...options, run, useCase, q: search });
          if (format) await writeTexts(await exportDifferences(ctx, { query, format }), signal);
          else show(await readDifferences(ctx, query), json === true, draw);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
}

function draw({ summary, sentence, notices, rows, units, page, total }: DifferencesView): string {
  const kinds = kindNames.flatMap((kind) => {
    const of = (summary?.byKinds ?? []).filter((one) => one.kinds & differenceKinds[kind].bit);
    const number = of.reduce((sum, { conversations }) => sum + conversations, 0);
    return number === 0 ? [] : [`${differenceKinds[kind].word} ${formatNumber(number)}`];
  });
  const labelOf = (labels: readonly LabelRow[]) =>
    labels.map(({ agent, useCase }) => `${agent || 'unassigned'}, ${useCase}`).join(' | ') || 'no label';
  return [
    sentence,
    ...(kinds.length > 0 ? [`${kinds.join(', ')}.`] : []),
    ...notices,
    ...(units.length > 1
      ? [
          '',
          table(
            ['Unit', 'Label rows', 'Changed', 'What is kept'],
            units.map((one) => [
              unitInWords(one.unit),
              one.summary?.rowsAfter ?? null,
              one.summary?.changed ?? null,
              one.sentence,
            ]),
          ),
        ]
      : []),
    '',
    table(
      ['Conversation', 'What changed', 'Before', 'After'],
      rows.map((row) => [
        row.conversationId,
        kindsIn(row.kinds)
          .map((kind) => differenceKinds[kind].word)
          .join(', ') || 'as before',
        labelOf(row.olds),
        labelOf(row.news),
      ]),
    ),
    ...(page.of > 1
      ? [`Page ${page.at + 1} of ${page.of}, ${formatNumber(total)} conversations; another one with --page.`]
      : []),
  ].join('\n');
}
