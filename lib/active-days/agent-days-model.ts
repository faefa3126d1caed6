import type { AgentDays } from './model';

/** One row of either side, as a person reads it. Instants are in ms, `endAtMs` is 0 where the conversation is open. */
export type DecidingRow = {
  agent: string;
  useCase: string;
  startAtMs: number;
  endAtMs: number;
  updatedAtMs: number;
};

/**
 * A conversation that decides whether a day counts: its truth and the label row that matters, with how many label keys it
 * has. `judged` is false while it is open or settling.
 */
export type Deciding = {
  conversationId: string;
  judged: boolean;
  truth: DecidingRow | null;
  label: DecidingRow | null;
  labelKeys: number;
};

/**
 * What was counted of an agent's day. `closed`: closed conversations that are the agent's by the truth; `right`: those
 * of them whose labels say so too; `labelled`: conversations whose labels say so. `...Judged` are those that neither are
 * open nor settle; `doubtful` are labelled ones that are not `closed` and not judged.
 */
export type DayFacts = {
  day: string;
  closed: number;
  closedJudged: number;
  right: number;
  rightJudged: number;
  labelled: number;
  doubtful: number;
  open: number;
  deciding: Deciding[];
};

/**
 * What labels and truth say of a day. `by accident`: both say that it counts, but only labels of conversations that
 * are not the agent's let it count, so a repair of those has to mend one of the agent's own as well.
 */
export type DayVerdict = 'agrees' | 'missing' | 'extra' | 'by accident' | 'none';

export function verdictOfDay({ closed, right, labelled }: Pick<DayFacts, 'closed' | 'right' | 'labelled'>): DayVerdict {
  if (closed > 0) return right > 0 ? 'agrees' : labelled > 0 ? 'by accident' : 'missing';
  return labelled > 0 ? 'extra' : 'none';
}

/** Whether that may still change by itself, because it rests only on conversations that are open or settling. */
export function isSettled(facts: Omit<DayFacts, 'day' | 'deciding'>): boolean {
  switch (verdictOfDay(facts)) {
    case 'agrees':
      return facts.rightJudged > 0;
    case 'missing':
    case 'by accident':
      return facts.closedJudged > 0;
    case 'extra':
      return facts.doubtful === 0;
    case 'none':
      return facts.open === 0;
  }
}

/** How many conversations decide the day: `any` one of them has to be mended, or `all`. Null where nothing has to be. */
export function decidingOf(facts: DayFacts): { need: 'any' | 'all'; conversations: number } | null {
  const verdict = verdictOfDay(facts);
  if (verdict === 'missing' || verdict === 'by accident')
    return { need: 'any', conversations: isSettled(facts) ? facts.closedJudged : facts.closed };
  if (verdict === 'extra') return { need: 'all', conversations: facts.labelled };
  return null;
}

const conversations = (count: number) =>
  count === 1 ? '1 conversation' : `${count.toLocaleString('en')} conversations`;
const stillSettle = (count: number) =>
  count === 0 ? '' : ` ${count.toLocaleString('en')} more ${count === 1 ? 'is' : 'are'} still settling.`;

/** The smallest cause of what the day counts, as a sentence. */
export function causeOf(facts: DayFacts): string {
  const { closed, closedJudged, right, labelled, doubtful, open } = facts;
  const anyOne =
    closedJudged === 1
      ? 'With the label of this 1 conversation right'
      : `With the labels of any one of these ${conversations(closedJudged)} right`;
  switch (verdictOfDay(facts)) {
    case 'agrees':
      return isSettled(facts)
        ? `The labels of ${right.toLocaleString('en')} of ${conversations(closed)} name the agent, so the day counts.`
        : `The day counts, but only by ${conversations(right)} that ended or changed a moment ago, so it may still change.`;
    case 'missing':
      return isSettled(facts)
        ? `${anyOne}, the day counts.${stillSettle(closed - closedJudged)}`
        : `The ${conversations(closed)} of the agent ended or changed a moment ago, so the day is not judged yet.`;
    case 'by accident':
      return isSettled(facts)
        ? `The day counts by accident: ${labelled === 1 ? 'only a label that belongs' : `only ${labelled.toLocaleString('en')} labels that belong`} elsewhere ${labelled === 1 ? 'names' : 'name'} the agent. ${anyOne}, it counts rightly.${stillSettle(closed - closedJudged)}`
        : `The day counts only by labels that belong elsewhere, and the ${conversations(closed)} of the agent ended or changed a moment ago, so the day is not judged yet.`;
    case 'extra':
      if (doubtful > 0)
        return `The day counts only because of the labels of ${conversations(labelled)}, of which ${doubtful === labelled && labelled === 1 ? 'it' : doubtful.toLocaleString('en')} ${doubtful === 1 ? 'is' : 'are'} open or still settling. What is right for ${doubtful === 1 ? 'it' : 'them'} is not known yet, so the day is not judged.`;
      return labelled === 1
        ? 'The day counts only because of the label of this 1 conversation. With it right, the day does not count.'
        : `The day counts only because of the labels of these ${conversations(labelled)}. With all of them right, the day does not count.`;
    case 'none':
      return open > 0
        ? `${conversations(open)} of the agent ${open === 1 ? 'is' : 'are'} open. An open conversation does not count yet.`
        : 'The agent has no closed conversation on this day, and no label.';
  }
}

const minutesText = (ms: number) => {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
};

/** Why the labels of a conversation do not say what its truth says, for the agent and use case that are looked at. */
export function reasonOf(
  { judged, truth, label, labelKeys }: Deciding,
  { agent, useCase }: { agent: string; useCase: string | null },
): string {
  const unjudged = judged
    ? ''
    : truth?.endAtMs === 0
      ? 'open, so not judged yet'
      : 'changed a moment ago, so not judged yet';
  const parts: string[] = [];
  if (truth === null) parts.push('a label without a truth that starts on these days');
  else if (label === null) parts.push('no label');
  else {
    const later = truth.updatedAtMs - label.updatedAtMs;
    const whileOpen = label.endAtMs === 0 && truth.endAtMs !== 0 ? 'labelled while open' : 'labelled';
    parts.push(later > 0 ? `${whileOpen}, ${minutesText(later)} before the truth changed` : whileOpen);
    if (label.agent !== truth.agent)
      parts.push(
        truth.agent === agent
          ? `the label names ${label.agent || 'nobody'}`
          : `the truth names ${truth.agent || 'nobody'}`,
      );
    if (useCase !== null && label.useCase !== truth.useCase) parts.push('another use case');
    if (label.startAtMs !== truth.startAtMs) parts.push('another start');
  }
  if (labelKeys > 1) parts.push(`${labelKeys} label rows`);
  return [unjudged, ...parts].filter((part) => part !== '').join('; ');
}

/** A day of the strip: whether it counts by the labels and by the truth, and why. */
export type StripDay = DayFacts & {
  labels: boolean;
  truth: boolean;
  verdict: DayVerdict;
  settled: boolean;
  cause: string;
};

/** An agent in a snapshot. `on` says of each day whether it counts; null in one from before days were kept. */
export type StoredDays = { moment: string; takenAtMs: number; days: AgentDays; on: boolean[] | null };

/**
 * The days of one agent. `before` and `after` are those of the snapshots that are compared. `labels` and `truth` are the agent's Active Days now. `namesMost` conversations of a day are
 * named at most.
 */
export type AgentDaysView = {
  customerId: string;
  fromDay: string;
  toDay: string;
  timeZone: string;
  agent: string;
  useCase: string | null;
  asOfMs: number;
  labels: AgentDays;
  truth: AgentDays;
  days: StripDay[];
  before: StoredDays | null;
  after: StoredDays | null;
  namesMost: number;
  rowsRead: number;
  elapsedMs: number;
};
