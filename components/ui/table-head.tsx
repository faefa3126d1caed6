import { cn } from './cn';

/** The sticky head of a table of numbers. Columns are aligned right unless they hold words. */
export function TableHead({ first, columns }: { first: string; columns: (string | { words: string })[] }) {
  return (
    <thead className="sticky top-0 bg-raised text-muted text-xs">
      <tr className="border-line border-b">
        <th scope="col" className="h-8 px-3 text-left font-medium">
          {first}
        </th>
        {columns.map((column) => {
          const title = typeof column === 'string' ? column : column.words;
          return (
            <th
              key={title}
              scope="col"
              className={cn(
                'min-w-24 px-3 py-1.5 font-medium leading-tight first-letter:uppercase',
                title === column ? 'text-right' : 'text-left',
              )}
            >
              {title}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
