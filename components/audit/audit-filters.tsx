'use client';

import { useId } from 'react';
import { reads } from '@/components/routes';
import { Input } from '@/components/ui/field';
import { FileLinks } from '@/components/ui/file-links';
import { ChoiceFilter, FilterBar, SearchFilter, SetFilters } from '@/components/ui/filters';
import type { Filters, OnFilter } from '@/components/ui/list-address';
import { auditResults } from '@/lib/audit/result-model';

/** The filters as they are in the address. Days are in UTC; `until` is exclusive. */
export const auditFilters = ['customer', 'actor', 'action', 'result', 'run', 'since', 'until', 'day', 'q'] as const;
export type AuditFilter = (typeof auditFilters)[number];

/** The filters of the audit, and links to the filtered rows as a file. */
export function AuditFilters(of: { filters: Filters<AuditFilter>; onFilter: OnFilter<AuditFilter> }) {
  const { filters, onFilter } = of;
  const id = useId();
  return (
    <FilterBar>
      <SearchFilter name="q" label="Search the audit" placeholder="Person, action, reason" {...of} />
      <ChoiceFilter name="result" label="Result" any="Any result" options={auditResults} {...of} />
      {(['since', 'until'] as const).map((key) => (
        <span key={key} className="flex items-center gap-1.5 text-muted text-xs">
          <label htmlFor={`${id}-${key}`}>{key === 'since' ? 'from' : 'before'}</label>
          <Input
            id={`${id}-${key}`}
            type="date"
            value={filters[key] ?? ''}
            onChange={(event) => onFilter({ [key]: event.target.value || null })}
          />
        </span>
      ))}
      <SetFilters names={['customer', 'actor', 'action', 'run', 'day']} {...of} />
      <span className="ml-auto">
        <FileLinks what="rows of the audit" file={(format) => reads.auditExport({ ...filters, format })} />
      </span>
    </FilterBar>
  );
}
