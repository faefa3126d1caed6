import { labelKey, type Tables } from './kinds';

const both = (statement: string) =>
  ['conversation_with_labels', 'conversation_with_labels_d'].map((table) =>
    statement.replace('$table', `$db.${table}`),
  );
const local = 'ALTER TABLE $db.conversation_with_labels';
const distributed = 'ALTER TABLE $db.conversation_with_labels_d';

/** Kinds that are refused, and the text by which the sentence names the column at fault. */
export const refusedKinds: { cell: string; tables: Tables; names: string }[] = [
  ...['FixedString(36)', 'UUID', 'UInt64', "Enum8('a' = 1)"].map((type) => ({
    cell: `conversation id \`${type}\` in the labels`,
    tables: { labels: { conversation_id: type } },
    names: 'conversation_id is',
  })),
  ...['FixedString(36)', 'UUID'].map((type) => ({
    cell: `conversation id \`${type}\` in the truth`,
    tables: { truth: { conversation_id: type } },
    names: 'conversation_id is',
  })),
  ...['Date', 'Date32', 'String', 'UInt64'].map((type) => ({
    cell: `start \`${type}\` in the labels`,
    tables: { labels: { conversation_start_time: type }, labelsTail: labelKey },
    names: 'conversation_start_time is',
  })),
  {
    cell: 'version `UInt64` in the labels',
    tables: { labels: { update_time: 'UInt64' } },
    names: 'update_time is UInt64',
  },
  {
    cell: 'no version column',
    tables: { labelsEngine: 'ReplacingMergeTree' },
    names: 'has no version column',
  },
  {
    cell: 'an is-deleted column',
    tables: { extra: ['gone UInt8'], labelsEngine: 'ReplacingMergeTree(update_time, gone)' },
    names: 'marks deleted rows in gone',
  },
  {
    cell: 'labels in a MergeTree',
    tables: { labelsEngine: 'MergeTree' },
    names: 'not a ReplacingMergeTree',
  },
  {
    cell: 'a label key without the conversation id',
    tables: { labelsTail: 'ORDER BY (agent_user_id)' },
    names: 'has no conversation_id',
  },
  ...(['MATERIALIZED', 'ALIAS'] as const).map((kind) => ({
    cell: `use case \`${kind}\` in the labels`,
    tables: { labels: { usecase_id: `String ${kind} upper(agent_user_id)` } },
    names: `usecase_id is ${kind}`,
  })),
  {
    cell: 'agent `EPHEMERAL` in the truth',
    tables: { truth: { agent_user_id: 'String EPHEMERAL' } },
    names: 'agent_user_id is EPHEMERAL',
  },
  {
    cell: 'a column in the local label table and not in the Distributed one',
    tables: { after: [`${local} ADD COLUMN note String`] },
    names: 'note is in ',
  },
  {
    cell: 'a column in the Distributed label table and not in the local one',
    tables: { after: [`${distributed} ADD COLUMN note String`] },
    names: 'note is in ',
  },
  {
    cell: 'a column of another type in the Distributed label table',
    tables: { after: [`${local} ADD COLUMN note UInt8`, `${distributed} ADD COLUMN note String`] },
    names: 'note is UInt8 in',
  },
  {
    cell: 'a column that only the local label table computes',
    tables: { after: [`${local} ADD COLUMN note String MATERIALIZED 'x'`, `${distributed} ADD COLUMN note String`] },
    names: 'note is MATERIALIZED in',
  },
  {
    cell: 'the end of another type in the Distributed truth',
    tables: { after: ["ALTER TABLE $db.conversation_d MODIFY COLUMN conversation_end_time DateTime('UTC')"] },
    names: 'conversation_end_time is DateTime64',
  },
  {
    cell: 'a column that was added with a DEFAULT that changes, and that older parts do not store',
    tables: { afterRows: ['', '_d'].map((d) => `${local}${d} ADD COLUMN seen_at DateTime DEFAULT now()`) },
    names: 'The column seen_at was added',
  },
  {
    cell: 'a CONSTRAINT that a relabelled row would not satisfy',
    tables: {
      extra: ['score UInt8'],
      afterRows: [
        `${local} UPDATE score = 5 WHERE 1 SETTINGS mutations_sync = 2`,
        `${local} ADD CONSTRAINT scored CHECK score > 0`,
      ],
    },
    names: 'scored (score > 0), since a labeler need not write score',
  },
  {
    cell: 'a CONSTRAINT that rows from before it do not satisfy',
    tables: { afterRows: [`${local} ADD CONSTRAINT known CHECK usecase_id != 'old'`] },
    names: "known (usecase_id != 'old'), so an undo",
  },
  {
    cell: 'a column that begins as the console’s own do',
    tables: { after: both('ALTER TABLE $table ADD COLUMN slc_note String') },
    names: 'slc_note',
  },
];
