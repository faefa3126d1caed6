import { cn } from './cn';

/** A card whose content scrolls sideways by itself, so that the page never does. It holds something focusable. */
export function Scroller({ children, className }: { children: React.ReactNode; className?: string }) {
  return (
    <div className={cn('relative overflow-x-auto rounded-lg border border-line bg-surface', className)}>{children}</div>
  );
}
