import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { findingStates } from './history/model';
import { FindingsQuery, findingSorts, findingsOnPage, LedgerQuery } from './model';

const { flag, misses, muted, owner, search } = FindingsQuery.shape;

/** The filters of the list of findings, as `listFindings` takes them. `page` is from 1; the owner `nobody` is none. */
export const FindingsAddress = z
  .object({
    customer: CustomerId.optional(),
    day: DayText.optional(),
    state: z.enum(['open', 'all', ...findingStates]).default('open'),
    flag,
    muted,
    owner,
    misses,
    q: search,
    sort: z.enum(findingSorts).default('first seen'),
    order: z.enum(['up', 'down']).default('down'),
    page: z.coerce.number().int().min(1).max(10_000).default(1),
  })
  .transform(
    ({ customer, q, order, page, owner: by, ...rest }): FindingsQuery => ({
      ...rest,
      owner: by === 'nobody' ? '' : by,
      customerId: customer,
      search: q,
      descending: order === 'down',
      offset: (page - 1) * findingsOnPage,
      rowsMax: findingsOnPage,
    }),
  );

export const FindingAddress = z
  .object({ finding: z.uuid('This is not a finding’s id.') })
  .transform(({ finding }) => ({ findingId: finding }));

export const MissAddress = z
  .object({ miss: z.uuid('This is not a miss’s id.') })
  .transform(({ miss }) => ({ missId: miss }));

export const LedgerAddress = z
  .object({ month: LedgerQuery.shape.month, customer: CustomerId.optional() })
  .transform(({ month, customer }): LedgerQuery => ({ month, customerId: customer }));
