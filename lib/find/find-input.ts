import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { formatNumber } from '@/lib/words';
import { textMost } from './model';

/** A search as it is checked: `Search`. */
export const FindInput = z.object({
  text: z
    .string()
    .trim()
    .min(1, 'Write or paste what is to be found.')
    .max(
      textMost,
      `The text is longer than ${formatNumber(textMost)} characters. Paste the part that says customer, day and agent.`,
    ),
  here: CustomerId.optional(),
  customer: CustomerId.optional(),
  from: DayText.optional(),
  to: DayText.optional(),
});
