import type { z } from 'zod';
import type { RegisteredCustomer } from '@/lib/customers/model';
import { listed } from '@/lib/words';
import type { Evidence } from './evidence';
import type { FindInput } from './find-input';
import type { Choice, Found } from './model';
import { type Days, oneDay, sameDays } from './read/calendar';
import type { Understood } from './read/understand';
import { daysInWords } from './verdict';

type Asked = {
  understood: Understood;
  evidence: Evidence;
  customers: readonly RegisteredCustomer[];
  input: z.output<typeof FindInput>;
};

/** Asks which customer is meant. The customer of the page is the first choice where the text names none. */
export function askCustomer(base: Found, { understood, evidence, customers, input }: Asked): Found {
  const { maybe, unknown } = evidence;
  const here = maybe.length === 0 ? input.here : undefined;
  const choices = [...new Set([...maybe, ...(here ? [here] : [])])].flatMap((id): Choice[] => {
    const one = customers.find((customer) => customer.id === id);
    if (!one) return [];
    const why = evidence.reasons.get(id) ?? (id === here ? 'the customer of this page; the text names none' : one.id);
    return [{ label: one.displayName, detail: why, set: { customer: id, from: input.from, to: input.to } }];
  });
  const nothing = !hasMeaning(understood);
  if (choices.length === 0 && nothing)
    return {
      ...base,
      notes: [
        ...base.notes,
        'Nothing in this text names a customer, day, agent or conversation. Write the customer’s name, id or alias beside it.',
      ],
    };
  const none =
    customers.length === 0
      ? 'No customer is registered yet.'
      : 'The text names no registered customer. Write its name, id or alias beside it.';
  const question = unknown
    ? `“${unknown}” is no registered customer. Which one is meant?`
    : choices.length === 0
      ? none
      : choices.length === 1
        ? `Is this about ${choices[0]?.label}?`
        : `Which customer is meant: ${listed(
            choices.map(({ label }) => label),
            8,
          )}?`;
  const said = understood.daysIn({ today: evidence.today, timeZone: 'UTC' });
  const parts = said
    .slice(0, 3)
    .flatMap(({ readings, role }) =>
      role !== 'header' && readings.length === 1 && readings[0] ? [daysInWords(readings[0])] : [],
    );
  return { ...base, parts: [...new Set(parts)], ask: { question, choices } };
}

const hasMeaning = ({ ids, daysIn, link }: Understood) =>
  ids.tokens.length > 0 || link !== null || daysIn({ today: '2100-01-01', timeZone: 'UTC' }).length > 0;

/** Asks which of the days is meant. */
export function askDays(found: Found, maybe: readonly Days[]): Found {
  const all = maybe.filter((days, at) => maybe.findIndex((other) => sameDays(days, other)) === at);
  const choices = all.map(
    (days): Choice => ({
      label: daysInWords(days),
      detail: sameDays(days, oneDay(days.from)) ? days.from : `${days.from} – ${days.to}, without its end`,
      set: { customer: found.customerId ?? undefined, from: days.from, to: days.to },
    }),
  );
  const question = choices.length === 1 ? `Is this about ${choices[0]?.label}?` : 'Which day is meant?';
  return { ...found, ask: { question, choices } };
}
