import { ChevronRight } from 'lucide-react';
import { cn } from './cn';

/** A button that shows or hides the rows below its own. */
export function Unfold({
  open,
  onToggle,
  children,
}: {
  open: boolean;
  onToggle: () => void;
  children: React.ReactNode;
}) {
  return (
    <button type="button" aria-expanded={open} onClick={onToggle} className="flex items-center gap-1.5 hover:underline">
      <ChevronRight aria-hidden className={cn('size-3.5 shrink-0 text-muted', open && 'rotate-90')} />
      {children}
    </button>
  );
}
