import { describe, expect, it } from 'vitest';
import {
  bareType,
  columnsIn,
  constraintsOf,
  distributedTarget,
  isInstant,
  isPlainExpression,
  isText,
  plainType,
  replacingColumns,
  splitExpressions,
  withMacros,
} from '@/lib/customers/catalogue';

describe('what the catalogue says', () => {
  it('a sorting key is split at its outer commas', () => {
    expect(splitExpressions('toStartOfHour(a), f(b, c), `d`')).toEqual(['toStartOfHour(a)', 'f(b, c)', '`d`']);
    expect(splitExpressions('')).toEqual([]);
  });

  it('a Distributed table names its cluster and local table, quoted or not', () => {
    const target = { cluster: 'slc', local: { database: 'acme', table: 'conversation' } };
    expect(distributedTarget("Distributed('slc', 'acme', 'conversation', rand())")).toEqual(target);
    expect(distributedTarget('Distributed(slc, acme, conversation)')).toEqual(target);
    expect(distributedTarget('MergeTree ORDER BY a')).toBeNull();
  });

  it('a Distributed table may leave its database to the cluster, and names may hold anything', () => {
    expect(distributedTarget("Distributed('slc', '', 't', rand())")?.local).toEqual({ database: '', table: 't' });
    expect(distributedTarget("Distributed('all-sharded', 'od\\'d-`x, y', 't-1')")).toEqual({
      cluster: 'all-sharded',
      local: { database: "od'd-`x, y", table: 't-1' },
    });
  });

  it('macros are put into the name of a cluster', () => {
    const macros = new Map([['cluster', 'prod-eu']]);
    expect(withMacros('{cluster}', macros)).toBe('prod-eu');
    expect(withMacros('{unknown}-all', macros)).toBe('{unknown}-all');
  });

  it('the constraints of a table are read from its statement, and nothing else of it', () => {
    const create =
      "CREATE TABLE `a(b`.t (`x` String COMMENT 'CONSTRAINT y CHECK 1', CONSTRAINT `c-1` CHECK (length(x) < 9) AND (x != ','), CONSTRAINT a ASSUME x != '', INDEX i x TYPE minmax) ENGINE = MergeTree ORDER BY x";
    expect(constraintsOf(create)).toEqual([{ name: 'c-1', expression: "(length(x) < 9) AND (x != ',')" }]);
  });

  it('a type without what changes no value', () => {
    expect(plainType('LowCardinality(Nullable(String))')).toBe('Nullable(String)');
    expect(plainType("Nullable(DateTime64(3, 'UTC'))")).toBe('Nullable(DateTime64(3))');
    expect(plainType("DateTime('America/New_York')")).toBe('DateTime');
  });

  it('the version column is found behind a replicated engine’s path', () => {
    const order = 'PARTITION BY toYYYYMM(a) ORDER BY (b, c) SETTINGS index_granularity = 8192';
    expect(replacingColumns(`ReplacingMergeTree(update_time) ${order}`)).toEqual(['update_time']);
    expect(replacingColumns(`ReplicatedReplacingMergeTree('/t/{shard}, x', '{replica}', version) ${order}`)).toEqual([
      'version',
    ]);
    expect(replacingColumns(`SharedReplacingMergeTree('/a', 'b', v, is_deleted) ${order}`)).toEqual([
      'v',
      'is_deleted',
    ]);
    expect(replacingColumns(`ReplacingMergeTree ${order}`)).toEqual([]);
  });

  it('columns of an expression are whole words outside of its quotes', () => {
    expect(columnsIn("f(agent_user_id, 'usecase_id')", ['agent', 'agent_user_id', 'usecase_id'])).toEqual([
      'agent_user_id',
    ]);
    expect(columnsIn('(`label-kind`, n.a, id)', ['label-kind', 'label', 'n.a', 'a', 'id'])).toEqual([
      'label-kind',
      'n.a',
      'id',
    ]);
  });

  it('nothing but an expression passes as one', () => {
    expect(isPlainExpression("toStartOfHour(conversation_end_time, 'UTC')")).toBe(true);
    for (const bad of ['a; DROP TABLE b', 'a -- b', 'a /* b', "a 'b", '']) expect(isPlainExpression(bad)).toBe(false);
  });

  it('types are seen through Nullable and LowCardinality', () => {
    expect(bareType('LowCardinality(Nullable(String))')).toBe('String');
    expect(isText('Nullable(String)')).toBe(true);
    expect(isText('UInt64')).toBe(false);
    expect(isInstant("Nullable(DateTime64(6, 'UTC'))")).toBe(true);
    expect(isInstant('DateTime')).toBe(true);
    expect(isInstant('Date')).toBe(false);
  });
});
