import { z } from 'zod';

/** What docs/configuration.md says of a variable; `unset` is its default where no value is its default. */
export const about = (description: string, unset = 'none') => ({ description, unset });

export const Text = z.string().min(1);
export const Whole = z.coerce.number().int().min(0);
