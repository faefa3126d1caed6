/** A bar for the share that is done, from 0 to 1. */
export function ProgressBar({ label, share }: { label: string; share: number }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-1 overflow-hidden rounded-full bg-raised"
    >
      <div
        className="h-full bg-running-solid transition-[width] duration-150"
        style={{ width: `${Math.max(share * 100, 2)}%` }}
      />
    </div>
  );
}
