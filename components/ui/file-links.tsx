/** Links to a list as a file: all rows that match, not those of one page. */
export function FileLinks({ file, what }: { file: (format: 'csv' | 'jsonl') => string; what: string }) {
  return (
    <span className="flex gap-3 whitespace-nowrap text-sm">
      <a href={file('csv')} download className="underline" title={`All ${what} that match, for a spreadsheet`}>
        CSV<span className="sr-only"> of {what}</span>
      </a>
      <a href={file('jsonl')} download className="underline" title={`All ${what} that match, for programs`}>
        JSON lines<span className="sr-only"> of {what}</span>
      </a>
    </span>
  );
}
