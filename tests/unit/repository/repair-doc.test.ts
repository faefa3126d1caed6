import { expect, it } from 'vitest';
import { controlsOf } from '@/lib/backfill/state/controls';
import {
  type ItemEvent,
  type ItemState,
  next,
  passingMs,
  planned,
  triesMax,
  type WaitingUnit,
} from '@/lib/backfill/state/machine';
import {
  type Strategy,
  stepTitles,
  strategyNames,
  strategyTitles,
  type WorkStatus,
  workStatuses,
} from '@/lib/backfill/state/name-model';
import { labelsAre, states } from '@/lib/backfill/state/states';
import { strategies, strategyOffers } from '@/lib/backfill/state/strategies';
import { labelsIn, pathOf } from '@/lib/backfill/state/ways';
import { loadConfig } from '@/lib/config';
import { listed } from '@/lib/words';

const { labeler } = loadConfig({ NODE_ENV: 'test', SLC_DATA_DIR: '/nowhere' });
const offers = [true, false].flatMap((keyIsMutable) =>
  strategyOffers({ keyIsMutable, keyText: '`(…)`' }, labeler).filter(({ possible }) => possible),
);

const code = (text: string) => `\`${text}\``;
const idOf = (status: string) => status.replace(/\W+/g, '_');
/** The strategies that a state belongs to. */
const strategiesOf = (status: WorkStatus) => strategyNames.filter((name) => status in strategies[name].path);
const isEach = (names: readonly Strategy[]) => names.length === strategyNames.length;

type Edge = { from: string; to: string; label: string };

/** Each way from one working state to another, with its event and the strategies that take it. */
function edges(): Edge[] {
  const found = new Map<string, { from: string; to: string; event: string; of: Set<Strategy>; bare: Set<Strategy> }>();
  const add = (strategy: Strategy, from: string, to: string, event: string, hasRows: boolean) => {
    const key = [from, to, event].join();
    const edge = found.get(key) ?? { from, to, event, of: new Set(), bare: new Set() };
    if (hasRows) edge.of.add(strategy);
    else if (!edge.of.has(strategy)) edge.bare.add(strategy);
    found.set(key, edge);
  };
  for (const strategy of strategyNames)
    for (const hasRows of [true, false]) {
      const way = planned(strategy, hasRows ? 1 : 0);
      for (const from of pathOf(way))
        for (const kind of events) {
          const after = next({ ...way, status: from } as ItemState, kind);
          if (after && after.status !== from) add(strategy, from, after.status, named(kind), hasRows);
        }
    }
  return [...found.values()].map(({ from, to, event, of, bare }) => {
    const names = [isEach([...of]) ? '' : [...of].join(', '), ...[...bare].map((name) => `${name} without label rows`)];
    const who = names.filter(Boolean).join('; ');
    return { from, to, label: who === '' ? event : `${event} (${who})` };
  });
}

const list = { attempt: 1, rows: 1, hash: '1' };
/** The events that end a state well. */
const events: ItemEvent[] = [
  ...workStatuses.map((status) => ({ kind: states[status].ends }) as ItemEvent).filter(({ kind }) => kind !== 'proved'),
  { kind: 'proved', list },
  { kind: 'proved', list: null },
];
const named = (event: ItemEvent) =>
  event.kind === 'proved' && event.list === null ? 'proved, no row is wrong' : event.kind;

function diagram(): string {
  const inside = edges().filter(({ to }) => to !== 'verified');
  const ends = edges().filter(({ to }) => to === 'verified');
  const arrow = ({ from, to, label }: Edge) => `${idOf(from)} --> ${idOf(to)}: ${label}`;
  const declared = (status: string) => `state "${status}" as ${idOf(status)}`;
  return [
    '```mermaid',
    'stateDiagram-v2',
    `  ${declared('needs attention')}`,
    '  state "worked on" as worked_on {',
    ...workStatuses.map((status) => `    ${declared(status)}`),
    ...inside.map((edge) => `    ${arrow(edge)}`),
    '  }',
    '  [*] --> planned',
    '  [*] --> skipped',
    '  planned --> checking: begin',
    '  planned --> cancelled: stop',
    ...ends.map((edge) => `  ${arrow(edge)}`),
    '  worked_on --> needs_attention: failed, or stopped after something was written or deleted',
    '  worked_on --> cancelled: stopped while the labels are in place',
    '  needs_attention --> worked_on: resume, retry, relabel only',
    '  needs_attention --> cancelled: close, or an undo takes over',
    '```',
  ].join('\n');
}

const strategyParagraph = (name: Strategy) => {
  const { deletes, meanwhile } = strategies[name];
  const path = Object.keys(strategies[name].path) as WorkStatus[];
  const offer = offers.find(({ strategy }) => strategy === name);
  return [
    `### ${strategyTitles[name]} (${code(name)})`,
    '',
    `${offer?.sentence ?? meanwhile} ${deletes === null ? 'It deletes nothing.' : `Its delete takes ${deletes === 'every row' ? 'every label row of the day' : 'wrong rows only'}.`}`,
    '',
    '```text',
    [...path, 'verified'].join(' → '),
    '```',
  ].join('\n');
};

const failed = (strategy: Strategy, status: WorkStatus, hasRows = true): WaitingUnit => {
  const state = { ...planned(strategy, hasRows ? 1 : 0), status } as ItemState;
  const after = next(state, { kind: 'failed', sentence: '' });
  if (after?.status !== 'needs attention') throw new Error(status);
  return after;
};

/** "half deleted (replace, undo), written (no-gap)"; one word where all agree. */
function byStrategy(status: WorkStatus, of: (strategy: Strategy) => string): string {
  const found = new Map<string, Strategy[]>();
  for (const strategy of strategiesOf(status)) found.set(of(strategy), [...(found.get(of(strategy)) ?? []), strategy]);
  if (found.size === 1) return [...found.keys()].join();
  return [...found].map(([what, names]) => `${what} (${names.join(', ')})`).join('; ');
}

function stateParagraph(status: WorkStatus): string {
  const { step, ends, onlyWithRows, job, does, fails } = states[status];
  const left = (when: 'failed' | 'stopped') =>
    byStrategy(status, (strategy) => code(labelsIn({ strategy, hasRows: true }, status, when)));
  const controls = byStrategy(status, (strategy) =>
    controlsOf({ status: 'needs attention', cancelAfter: null }, [failed(strategy, status)]).join(', '),
  );
  const retried = byStrategy(status, (strategy) => next(failed(strategy, status), { kind: 'retry' })?.status ?? '');
  const of = strategiesOf(status);
  return [
    `### ${status}`,
    '',
    [
      does,
      `It is shown as the step “${stepTitles[step]}” and ends with the event “${ends}”.`,
      isEach(of) ? '' : `It is a state of ${of.map(code).join(', ')}.`,
      onlyWithRows ? 'A day without label rows skips it.' : '',
      job === 'deletes' ? 'A run is stayed, and is stopped, before its Job is launched.' : '',
    ]
      .filter(Boolean)
      .join(' '),
    '',
    `- **What can go wrong:** ${fails}`,
    `- **Labels if it fails:** ${left('failed')}.`,
    `- **Labels if it is stopped${job === null ? '' : ' after its Job was launched'}:** ${left('stopped')}.`,
    `- **A person may then:** ${controls}.${retried === status ? '' : ` A retry begins with ${retried}.`}`,
  ].join('\n');
}

const labelsTable = [
  '| Labels | People see | The page says |',
  '| --- | --- | --- |',
  ...Object.entries(labelsAre).map(
    ([name, { isMissing, now }]) =>
      `| ${code(name)} | ${isMissing ? 'too few labels, so that the run cannot be closed' : 'every label'} | ${now('10 Feb')} |`,
  ),
].join('\n');

const document = `# The states of a repair

Written by \`tests/unit/repository/repair-doc.test.ts\` from the tables \`lib/backfill/state/states.ts\` and
\`lib/backfill/state/strategies.ts\` (\`npx vitest run --project unit tests/unit/repository/repair-doc.test.ts -u\`).

Each day of a run has one state. The worker moves it from state to state; a person moves it where it waits for one.
Each move is one transaction, which a worker that lost the day cannot make. \`lib/backfill/state/machine.ts\` says which
event leads where, and its test tries every event in every state.

${diagram()}

## Strategies

A strategy is the order of the states. A new one is an entry in the table of strategies, its steps and a test.

${strategyNames.map(strategyParagraph).join('\n\n')}

A day whose undo cannot end may be left by “relabel only”. From there on it is a day of \`replace\` whose delete is done.

## What is left of the labels

${labelsTable}

## What a run changed

When a unit is verified, the worker notes it in the same transaction, and then compares the unit’s backup with its labels, beside
the repair and after it: nothing waits for this, and nothing fails by it. It keeps the old and the new label rows of each
conversation that differs, at most \`SLC_KEEP_DIFFERENCES\` and 32 MB of a unit, those that start first. The numbers cover all of them: by
kind, agent and use case. All columns are compared but the version, so that what was written again equal is no change. The
worker also counts the labels before and after it compared them; where they are not those that were verified, the page says
so. A comparison ends within 25 minutes. A worker that is killed has written nothing, and another one compares the unit after
30 minutes; after five such deaths it is given up. While ClickHouse does not answer, or everything is stopped, it is tried
again every ten minutes, and no try counts. What cannot be compared (a unit too large, a backup that is not whole, a unit that
no worker survives) is not kept, and the page says why.

The page of a run (“What changed”), its file and \`runs changes\` show them. They say where labels changed again later: the new
labels are those of then. While the backup is kept, a unit can also be compared with the labels of now, all of it. The
conversations age out ([retention.md](retention.md)); how many there were stays.

## States in which the worker works

The worker that claims a day may be killed in any of them: the next one reads ClickHouse and the launcher, and goes on.
A Job that dies without effect is launched again under the name of the next attempt. After ${triesMax} tries the day needs
attention. What passes by itself (a balancer’s 502, an evicted pod) uses up no try for ${passingMs / 60_000} minutes.

${workStatuses.map(stateParagraph).join('\n\n')}

## States in which the worker does nothing

### planned

The start of the run makes it. The worker moves it to checking when the days before it are verified. A cancel ends it, and
nothing of the day was changed.

### verified

The worker moves a day here when its count holds. The numbers of the count stay with the day as evidence. Nothing leads
out of it; an undo is a run of its own.

### needs attention

The worker moves a day here when a step fails and must not be repeated without a person, or when a person stopped it after
something was written or deleted. It keeps the state that failed, what is left of the labels, a sentence, and the one
control that the failed step knows to be right. A person moves it on: **resume** goes on in the state that failed,
**retry** begins a new attempt, **relabel only** writes the labels again, **close** ends it. ${listed(
  Object.entries(labelsAre)
    .filter(([, { isMissing }]) => isMissing)
    .map(([name]) => code(name)),
)} cannot be closed.

### cancelled

A day that was stopped while its labels were in place, or was closed by a person or by an undo. Nothing leads out of it.

### skipped

The plan said that the day needs nothing. Nothing leads out of it.
`;

it('docs/repair.md has every strategy and state as the tables have them', async () => {
  await expect(document).toMatchFileSnapshot('../../../docs/repair.md');
});
