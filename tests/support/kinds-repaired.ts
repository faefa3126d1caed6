import { labelKey, type Tables } from './kinds';

const instant = (type: string) => ({
  conversation_start_time: type,
  conversation_end_time: type,
});
const all = (type: string) => ({ ...instant(type), update_time: type });

/** More columns of the labels: as written, and what some rows hold there; '' where nobody may write it. */
const extras: [column: string, value: string][] = [
  ['e_default String DEFAULT upper(conversation_id)', "'set'"],
  ['e_default_now DateTime DEFAULT now()', ''],
  ['e_materialized UInt32 MATERIALIZED length(conversation_id)', ''],
  ['e_materialized_now DateTime64(6) MATERIALIZED now64(6)', ''],
  ['e_alias String ALIAS concat(profile_id, customer_id)', ''],
  ['e_ephemeral String EPHEMERAL', ''],
  ["e_from_ephemeral String DEFAULT concat(e_ephemeral, 'x')", "'written'"],
  ['e_nullable Nullable(Int32)', '7'],
  ['e_low_cardinality LowCardinality(String)', "'low'"],
  ['e_low_cardinality_nullable LowCardinality(Nullable(String))', "''"],
  ['e_low_cardinality_number LowCardinality(UInt8)', '3'],
  ['e_fixed_string FixedString(4)', "'ab'"],
  ['e_uuid Nullable(UUID)', "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'"],
  ["e_enum Enum8('a' = 1, 'it''s' = 2)", "'it''s'"],
  ['e_decimal Decimal(38, 9)', "'-1.000000001'"],
  ['e_bool Nullable(Bool)', 'false'],
  ['e_float Float64', '-0.'],
  ['e_big Int256', "'-5'"],
  ['e_date Date', "'2026-02-10'"],
  ['e_date32 Nullable(Date32)', "'1900-01-01'"],
  ["e_zone Nullable(DateTime('America/New_York'))", 'fromUnixTimestamp(1762063200)'],
  ['e_ipv4 IPv4', "'10.0.0.1'"],
  ['e_ipv6 Nullable(IPv6)', "'::1'"],
  ['e_array Array(Nullable(Float32))', '[1, NULL, nan]'],
  ['e_tuple Tuple(a Nullable(Int8), `b.c` String)', "(NULL, 'x')"],
  ['e_map Map(String, Array(Nullable(String)))', "map('a', ['x', NULL])"],
  ['e_nested Nested(a Int8, b LowCardinality(String))', ''],
  ['e_dynamic Dynamic', "CAST(map('a', 1), 'Dynamic')"],
  ['e_variant Variant(String, UInt8)', "CAST(3, 'Variant(String, UInt8)')"],
  ['e_json JSON', `'{"b":1,"a":{"c":[1,2]}}'`],
  ['e_aggregate AggregateFunction(sum, UInt64)', ''],
  ['e_simple_aggregate SimpleAggregateFunction(max, UInt8)', '9'],
  ['e_point Point', '(1.5, 2)'],
  ['e_codec UInt64 CODEC(Delta, ZSTD)', '18446744073709551615'],
  ['`e-dash` String', "'x'"],
  ['`e ``tick` Nullable(String)', "'x'"],
  // What the statements call their own columns.
  ...['id', 'day', 'at', 'row', 'row_hash', 'newest', 'keeper', 'label', 'labels', 't', 'l', 'x', 'key', 'host'].map(
    (name): [string, string] => [`\`${name}\` Nullable(String)`, "'x'"],
  ),
];
const nameOf = (column: string) => column.match(/^`(?:[^`]|``)*`|^\w+/)?.[0] ?? '';

type Times = readonly [start: string, end: string, version: string, partition: string];
const columnsOf = ([start, end, version]: Times) => ({
  conversation_start_time: start,
  conversation_end_time: end,
  update_time: version,
});
const timesOf = ([start, end, version, partition]: Times) =>
  `start \`${start}\`, end \`${end}\`, version \`${version}\`; \`${partition}\``;

/** Kinds that end verified, and the cells that each table is for; `undoBoth`: a no-gap run is undone too. */
export const repairedKinds: { name: string; cells: string[]; tables: Tables; undoBoth?: boolean }[] = [
  {
    name: 'a further column of each kind and type',
    undoBoth: true,
    cells: extras.map(([column]) => `further column \`\` ${column} \`\``),
    tables: {
      extra: extras.map(([column]) => column),
      values: Object.fromEntries(extras.flatMap(([column, value]) => (value ? [[nameOf(column), value]] : []))),
    },
  },
  {
    name: 'Nullable and LowCardinality on both sides',
    undoBoth: true,
    cells: [
      'agent, use case and end `Nullable` or `LowCardinality(Nullable)` in truth and labels, NULL in each',
      'a `Nullable` column in the label key',
    ],
    tables: {
      truth: {
        agent_user_id: 'LowCardinality(Nullable(String))',
        usecase_id: 'Nullable(String)',
        conversation_end_time: "Nullable(DateTime64(3, 'UTC'))",
      },
      labels: {
        agent_user_id: 'Nullable(String)',
        usecase_id: 'LowCardinality(Nullable(String))',
        conversation_end_time: "Nullable(DateTime64(3, 'UTC'))",
      },
      labelsTail: `PARTITION BY toYYYYMM(conversation_start_time) ${labelKey} SETTINGS allow_nullable_key = 1`,
    },
  },
  {
    name: 'seconds in a zone, no partition key',
    cells: [
      "`DateTime('America/New_York')` for start, end and version on both sides",
      'no partition key',
      'a projection',
      'a CONSTRAINT that every row satisfies',
      'a TTL of the table and of a column, not yet due',
    ],
    tables: {
      truth: all("DateTime('America/New_York')"),
      labels: all("DateTime('America/New_York')"),
      truthTail: 'ORDER BY conversation_id',
      extra: [
        'note String TTL conversation_start_time + INTERVAL 50 YEAR',
        "CONSTRAINT `has-id` CHECK conversation_id != ''",
        'PROJECTION by_agent (SELECT agent_user_id, conversation_id ORDER BY agent_user_id)',
      ],
      values: { note: "'kept'" },
      labelsTail: `${labelKey} TTL conversation_start_time + INTERVAL 50 YEAR SETTINGS deduplicate_merge_projection_mode = 'rebuild'`,
    },
  },
  ...(
    [
      [
        ['DateTime', 'DateTime64(0)', 'DateTime64(1)', 'PARTITION BY toDate(conversation_start_time)'],
        [
          'DateTime64(2)',
          'DateTime64(4)',
          'DateTime64(5)',
          'PARTITION BY (customer_id, toMonday(conversation_start_time))',
        ],
      ],
      [
        ['DateTime64(6)', 'DateTime64(7)', 'DateTime64(8)', 'PARTITION BY cityHash64(conversation_id) % 4'],
        ["DateTime64(9, 'Asia/Kolkata')", "DateTime64(9, 'UTC')", 'DateTime64(9)', 'PARTITION BY profile_id'],
      ],
    ] as const
  ).map(([truth, labels]) => ({
    name: `${truth.join(', ')} in the truth, ${labels.join(', ')} in the labels`,
    cells: [`truth: ${timesOf(truth)}`, `labels: ${timesOf(labels)}; conversation id \`LowCardinality(String)\``],
    tables: {
      truth: columnsOf(truth),
      labels: { ...columnsOf(labels), conversation_id: 'LowCardinality(String)' },
      truthTail: `${truth[3]} ORDER BY conversation_id`,
      labelsTail: `${labels[3]} ${labelKey}`,
    },
  })),
  {
    name: 'a label key of other kinds, in a database whose name has other characters',
    cells: [
      'a database whose name has a dash, a space, a quote and a backtick',
      'a `MATERIALIZED` column in the label key',
      'a column with a dash in the label key',
      'an `Enum`, a `Date32` and an `Array` in the label key',
    ],
    tables: {
      database: "prod-eu 'a' `b`",
      extra: [
        "end_hour DateTime('UTC') MATERIALIZED toStartOfHour(conversation_end_time)",
        '`label-kind` String',
        "kind Enum8('a' = 1)",
        'on_day Date32',
        'tags Array(String)',
      ],
      labelsTail: 'ORDER BY (end_hour, agent_user_id, conversation_id, `label-kind`, kind, on_day, tags)',
    },
  },
];
