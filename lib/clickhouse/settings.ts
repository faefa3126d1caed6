export type ClickHouseSettings = Record<string, string | number>;

/** The statement runs as long as it takes, but a balancer cuts what is silent for a minute. */
const progress: ClickHouseSettings = {
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: 20_000,
};

/** An hour of progress headers, where Node would refuse an answer at 16 kB of them. */
export const headersBytesMost = 256 * 1024;

/** Compiling a statement to machine code takes 50 ms of CPU, more than most of these take to run. */
const uncompiled: ClickHouseSettings = {
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
};

/** Settings that every read carries, for whole and exact answers: docs/clickhouse-facts.md#partial-answers. */
export const readSettings: ClickHouseSettings = {
  ...progress,
  ...uncompiled,
  output_format_json_quote_64bit_integers: 1,
  skip_unavailable_shards: 0,
  cancel_http_readonly_queries_on_client_close: 1,
  date_time_output_format: 'iso',
};

/** Settings of a command, which answers at its end. */
export const commandSettings: ClickHouseSettings = { ...progress, ...uncompiled, wait_end_of_query: 1 };

/** For a read that groups all conversations of a range: above this memory the engine spills to disk. */
export const spillSettings: ClickHouseSettings = { max_bytes_before_external_group_by: 100_000_000 };
