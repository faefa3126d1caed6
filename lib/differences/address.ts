import { z } from 'zod';
import { exportFormats } from '@/lib/export/model';
import { DifferencesQuery } from './model';

const { runId, unit, source, kind, agent, useCase, search, day } = DifferencesQuery.shape;

const filters = {
  run: runId,
  unit,
  source,
  kind,
  agent,
  useCase,
  q: search,
  day,
};

/** The filters of the page of differences, as `readDifferences` takes them. `page` is from 1. */
export const DifferencesAddress = z
  .object({ ...filters, page: z.coerce.number().int().min(1).max(100_000).default(1) })
  .transform(({ run, q, page, ...rest }): DifferencesQuery => ({ ...rest, runId: run, search: q, page: page - 1 }));

/** The same filters, for all that match. */
export const DifferencesExportAddress = z
  .object({ ...filters, format: z.enum(exportFormats).default('csv') })
  .transform(({ run, q, format, ...rest }) => ({
    format,
    query: { ...rest, runId: run, search: q, page: 0 } satisfies DifferencesQuery,
  }));
