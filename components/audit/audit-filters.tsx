'use client';

import { useId } from 'react';
import { reads } from '@/components/routes';
import { Input, Select } from '@/components/ui/field';
import { auditResults } from '@/lib/audit/model';

/** The filters as they are in the address. Days are in UTC; `until` is exclusive. */
export type Filters = Record<
  'customer' | 'actor' | 'action' | 'result' | 'run' | 'since' | 'until' | 'day' | 'q',
  string | null
>;
type Change = (change: Partial<Filters>, options?: { typing: boolean }) => void;

const chips = ['customer', 'actor', 'action', 'run', 'day'] as const;

/** The filters of the audit, and links to the filtered rows as a file. */
export function AuditFilters({ filters, onChange }: { filters: Filters; onChange: Change }) {
  const id = useId();
  const file = (format: string) => reads.auditExport({ ...filters, format });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Input
        data-search
        type="search"
        aria-label="Search the audit"
        placeholder="Person, action, reason  /"
        value={filters.q ?? ''}
        maxLength={200}
        onChange={(event) => onChange({ q: event.target.value || null }, { typing: true })}
        className="w-64 max-sm:w-full"
      />
      <Select
        aria-label="Result"
        value={filters.result ?? ''}
        onChange={(event) => onChange({ result: event.target.value || null })}
      >
        <option value="">Any result</option>
        {auditResults.map((result) => (
          <option key={result}>{result}</option>
        ))}
      </Select>
      {(['since', 'until'] as const).map((key) => (
        <span key={key} className="flex items-center gap-1.5 text-muted text-xs">
          <label htmlFor={`${id}-${key}`}>{key === 'since' ? 'from' : 'before'}</label>
          <Input
            id={`${id}-${key}`}
            type="date"
            value={filters[key] ?? ''}
            onChange={(event) => onChange({ [key]: event.target.value || null })}
          />
        </span>
      ))}
      {chips.map(
        (key) =>
          filters[key] && (
            <button
              key={key}
              type="button"
              onClick={() => onChange({ [key]: null })}
              className="h-8 max-w-64 truncate rounded-md border border-accent bg-raised px-2.5 text-sm"
            >
              {filters[key]} <span aria-hidden>×</span>
              <span className="sr-only">, remove this filter</span>
            </button>
          ),
      )}
      <span className="ml-auto flex gap-3 text-sm">
        <a href={file('csv')} download className="underline">
          CSV
        </a>
        <a href={file('jsonl')} download className="underline">
          JSON lines
        </a>
      </span>
    </div>
  );
}
