import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { SetRule } from './input-model';
import { allRules, type Rule } from './rules-model';
import { lockRules, selectChangedRules, upsertRule } from './sql/rules';
import type { RuleView } from './view-model';

/** Changes the rule of an event and a channel. The audit has the rule before and after. */
export function setRule(ctx: Pick<Context, 'db'>, input: SetRule, actor: Actor): Promise<RuleView> {
  const rule = SetRule.parse(input);
  return ctx.db.transaction(async (tx) => {
    await tx.query(lockRules);
    const before = allRules<Rule>(await tx.query(selectChangedRules)).find(
      ({ event, channel }) => event === rule.event && channel === rule.channel,
    );
    const customers = rule.customers === null ? null : JSON.stringify(rule.customers);
    const [after] = await tx.query(upsertRule, { ...rule, customers, changedBy: actor.name });
    if (!before || !after) throw new Error('a rule of this event and channel was neither found nor written');
    await recordAudit(tx, actor, {
      action: 'notifications.set-rule',
      subject: `${rule.event}, ${rule.channel}`,
      detail: { before: termsOf(before), after: termsOf(after) },
    });
    return after;
  });
}

const termsOf = ({ enabled, affectedMin, shareMin, customers, urgent }: Rule) => ({
  enabled,
  affectedMin,
  shareMin,
  customers,
  urgent,
});
