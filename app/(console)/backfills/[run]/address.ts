import { z } from 'zod';

export const RunAddress = z.object({ run: z.uuid('A run’s id is a UUID.') });
