import { z } from 'zod';
import type { Scope } from '@/lib/customers/model';

/** The values of every statement over a scope. */
export const ScopeParams = z.object({
  customer: z.string().min(1),
  profiles: z.array(z.string()).min(1),
  fromMs: z.number().int(),
  toMs: z.number().int(),
});

export const scopeParams = (scope: Scope) => ({
  customer: scope.customerId,
  profiles: scope.profiles,
  fromMs: scope.fromMs,
  toMs: scope.toMs,
});

/**
 * The one predicate of digest, backup, delete and counts: customer, its profiles and a bounded half-open range of the
 * start. No other column may join it: docs/clickhouse-facts.md#delete-by-value.
 */
export const inScope = `customer_id = {customer:String}
      AND profile_id IN {profiles:Array(String)}
      AND conversation_start_time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND conversation_start_time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')`;
