import { cn } from './cn';

/** One of several ways as a card with a radio button; one that is not possible cannot be chosen and says so. */
export function Choice({
  group,
  value,
  title,
  note,
  chosen,
  possible = true,
  onChoose,
  children,
}: {
  group: string;
  value: string;
  title: string;
  note?: React.ReactNode;
  chosen: boolean;
  possible?: boolean;
  onChoose: () => void;
  children: React.ReactNode;
}) {
  return (
    <label
      className={cn(
        'flex items-start gap-2.5 rounded-lg border bg-surface p-3 text-sm',
        chosen ? 'border-accent' : 'border-line',
        possible && 'cursor-pointer hover:border-line-strong',
      )}
    >
      <input
        type="radio"
        name={group}
        value={value}
        className="mt-1 accent-accent"
        checked={chosen}
        disabled={!possible}
        onChange={onChoose}
      />
      <span className="min-w-0">
        <span className="block font-medium">
          {title}
          {note}
          {!possible && <span className="font-normal text-muted"> (not possible here)</span>}
        </span>
        <span className="block text-muted">{children}</span>
      </span>
    </label>
  );
}
