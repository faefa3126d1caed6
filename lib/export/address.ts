import { z } from 'zod';
import { exportFormats } from './model';

/** How a list is written into a file; for an address that has the list's filters as well. */
export const FormatAddress = z.object({ format: z.enum(exportFormats).default('csv') });
