import { Input, Select } from './field';
import type { Filters, OnFilter } from './list-address';

type Of<Name extends string> = { filters: Filters<Name>; onFilter: OnFilter<Name> };
const change = <Name extends string>(name: Name, value: string) =>
  ({ [name]: value || null }) as Partial<Filters<Name>>;

/** The row of a list's filters. */
export function FilterBar({ children }: { children: React.ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2">{children}</div>;
}

/** The search of a list, which the key "/" reaches. `label` is its name, "Search findings". */
export function SearchFilter<Name extends string>({
  name,
  label,
  placeholder,
  filters,
  onFilter,
}: Of<Name> & { name: Name; label: string; placeholder: string }) {
  return (
    <Input
      data-search
      type="search"
      aria-label={label}
      placeholder={`${placeholder}  /`}
      value={filters[name] ?? ''}
      maxLength={200}
      onChange={(event) => onFilter(change(name, event.target.value), { typing: true })}
      className="w-64 max-sm:w-full"
    />
  );
}

/** One choice among some. `any` is the choice of none; an option is its value, or a value and its words. */
export function ChoiceFilter<Name extends string>({
  name,
  label,
  any,
  options,
  className,
  filters,
  onFilter,
}: Of<Name> & {
  name: Name;
  label: string;
  any: string;
  options: readonly (string | readonly [value: string, words: string])[];
  className?: string;
}) {
  return (
    <Select
      aria-label={label}
      className={className}
      value={filters[name] ?? ''}
      onChange={(event) => onFilter(change(name, event.target.value))}
    >
      <option value="">{any}</option>
      {options.map((option) => {
        const [value, words] = typeof option === 'string' ? [option, option] : option;
        return (
          <option key={value} value={value}>
            {words}
          </option>
        );
      })}
    </Select>
  );
}

/** A day of the calendar. `label` is its name. */
export function DayFilter<Name extends string>({
  name,
  label,
  filters,
  onFilter,
}: Of<Name> & { name: Name; label: string }) {
  return (
    <Input
      type="date"
      aria-label={label}
      title={label}
      value={filters[name] ?? ''}
      onChange={(event) => onFilter(change(name, event.target.value))}
    />
  );
}

/** The filters that only links set, each as a button that takes it away. */
export function SetFilters<Name extends string>({ names, filters, onFilter }: Of<Name> & { names: readonly Name[] }) {
  return names.map(
    (name) =>
      filters[name] && (
        <button
          key={name}
          type="button"
          onClick={() => onFilter(change(name, ''))}
          className="h-8 max-w-64 truncate rounded-md border border-accent bg-raised px-2.5 text-sm"
        >
          {filters[name]} <span aria-hidden>×</span>
          <span className="sr-only">, remove this filter</span>
        </button>
      ),
  );
}
