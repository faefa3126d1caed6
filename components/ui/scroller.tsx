import { cn } from './cn';

/** A card that scrolls sideways, so that the page does not. It must hold something focusable for the keyboard. */
export function Scroller({ children, className }: { children: React.ReactNode; className?: string }) {
  return (
    <div className={cn('relative overflow-x-auto rounded-lg border border-line bg-surface', className)}>{children}</div>
  );
}
