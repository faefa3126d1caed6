import { Button } from '@/components/ui/button';
import type { ConversationEvidence } from '@/lib/detection/model';
import { formatNumber } from '@/lib/words';

/** Leads to the rows before and after in the table, also with k and j. */
export function Neighbours({
  shown,
  at,
  onOpen,
}: {
  shown: readonly ConversationEvidence[];
  at: number;
  onOpen: (conversationId: string) => void;
}) {
  const before = shown[at - 1];
  const after = shown[at + 1];
  return (
    <nav
      aria-label="Conversations of the table"
      className="mb-3 flex items-center justify-between gap-3 text-muted text-sm"
    >
      <Button
        size="sm"
        aria-keyshortcuts="k"
        disabled={!before}
        data-row-before
        onClick={() => before && onOpen(before.conversationId)}
      >
        Previous
      </Button>
      <span>
        {formatNumber(at + 1)} of {formatNumber(shown.length)} shown
      </span>
      <Button
        size="sm"
        aria-keyshortcuts="j"
        disabled={!after}
        data-row-after
        onClick={() => after && onOpen(after.conversationId)}
      >
        Next
      </Button>
    </nav>
  );
}
