import { lookAtWay } from '@/lib/clickhouse/way';
import { type Check, fail, pass } from './input';

/** What a proxy changes of a statement is found here, before a Job depends on it. */
export const wayCheck: Check = {
  id: 'way',
  title: 'The way to ClickHouse',
  async look({ clickhouse }) {
    const { verdict, sentence } = await lookAtWay(clickhouse);
    return verdict === 'failed' ? fail(sentence) : pass(sentence);
  },
};
