import { z } from 'zod';
import { DayText } from '@/lib/customers/model';
import { UnitText } from '@/lib/customers/unit-model';
import { isStorable } from '@/lib/text';
import { kindNames } from './kinds-model';

export const differencesOnPage = 100;

/** A label row, newest of its key. Instants are in ms; `endAtMs` is 0 where it is open. `others` are in the order of `columns`. */
export const LabelRow = z.object({
  profileId: z.string(),
  agent: z.string(),
  useCase: z.string(),
  startAtMs: z.number(),
  endAtMs: z.number(),
  others: z.array(z.string()),
});
export type LabelRow = z.infer<typeof LabelRow>;

/** A conversation whose labels differ, with all its label rows before and after, newest first. `kinds` are bits. */
export type Difference = {
  unit: string;
  conversationId: string;
  kinds: number;
  startAtMs: number;
  olds: LabelRow[];
  news: LabelRow[];
};

const Share = z.object({ key: z.string(), conversations: z.number() });

/**
 * What the comparison of a unit came to. Rows are newest per label key. `same` conversations were rewritten equal, or
 * not touched. `byKinds` counts conversations by their bits; `byAgent` and `byUseCase` have those with most first, at most
 * 200. `columns` names `others` of each row. `kept` is how many conversations are stored.
 */
export const DifferenceSummary = z.object({
  rowsBefore: z.number(),
  rowsAfter: z.number(),
  conversations: z.number(),
  changed: z.number(),
  byKinds: z.array(z.object({ kinds: z.number(), conversations: z.number() })),
  byAgent: z.array(Share),
  byUseCase: z.array(Share),
  columns: z.array(z.string()),
  kept: z.number(),
  /** True where the labels were those that verification counted. */
  asCounted: z.boolean(),
  /** Digest of what is compared of the labels, by which a later change is seen. */
  content: z.object({ rows: z.number(), hash: z.string() }),
});
export type DifferenceSummary = z.infer<typeof DifferenceSummary>;

/** Where differences are read: as stored at the time, or from the backup, compared with the labels of now. */
export const differenceSources = ['stored', 'backup'] as const;
export type DifferenceSource = (typeof differenceSources)[number];

/** A kind, or the conversations that are as before. */
export const differenceFilters = [...kindNames, 'same'] as const;

const textOf = (most: number) =>
  z.string().max(most).refine(isStorable, 'This has characters that no name and no id has.').optional();

const Filter = {
  kind: z.enum(differenceFilters).optional(),
  agent: textOf(500),
  useCase: textOf(500),
  search: textOf(200),
  day: DayText.optional(),
};

/** Differences of a run, or of one unit of it. `source` is of a unit only; without it the better one is chosen. */
export const DifferencesQuery = z.object({
  runId: z.uuid('A run’s id is a UUID.'),
  unit: UnitText.optional(),
  source: z.enum(differenceSources).optional(),
  ...Filter,
  page: z.number().int().min(0).default(0),
});
export type DifferencesQuery = z.output<typeof DifferencesQuery>;
export type DifferenceFilter = Pick<DifferencesQuery, 'kind' | 'agent' | 'useCase' | 'search'> & {
  /** The instants of the day, where one is asked for. */
  fromMs: number | null;
  toMs: number | null;
};

/** What is known of one verified unit; `sentence` says where its differences come from, and what is not known. */
export type UnitDifferences = {
  unit: string;
  status: string;
  summary: DifferenceSummary | null;
  comparedAtMs: number | null;
  hasBackup: boolean;
  sentence: string;
};

/** A page of differences. `source` is null where nothing can be shown. `total` is how many match the filter. */
export type DifferencesView = {
  runId: string;
  customerId: string;
  fromDay: string;
  toDay: string;
  timeZone: string;
  strategy: string;
  unit: string | null;
  source: DifferenceSource | null;
  sentence: string;
  notices: string[];
  units: UnitDifferences[];
  summary: Pick<
    DifferenceSummary,
    'rowsBefore' | 'rowsAfter' | 'conversations' | 'changed' | 'byKinds' | 'byAgent' | 'byUseCase' | 'columns'
  > | null;
  rows: Difference[];
  total: number;
  page: { at: number; of: number };
};
