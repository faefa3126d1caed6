'use client';

import { Zap } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useRef, useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { usePlan } from './use-plan';

/** What the backfill would do, and the button that starts it where nothing prevents it. Loads after the page. */
export const BackfillPanel = dynamic(() => import('./backfill-panel').then((module) => module.BackfillPanel), {
  ssr: false,
});

/** A page that is left sooner makes no preview. */
const dwellMs = 1_000;

export type BackfillRange = { customer: string; from: string; to: string };

/**
 * The preview of a range, made ahead once the page has been looked at for a moment. Ends when the page is left before
 * it is ready.
 */
export function useBackfill({ customer, from, to }: BackfillRange, isWanted: boolean) {
  const refusal = useRefusal('backfill.plan');
  const [open, setOpen] = useState(false);
  const [stayed, setStayed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setStayed(true), dwellMs);
    return () => clearTimeout(timer);
  }, []);
  const isOffered = refusal === null && isWanted;
  const planned = usePlan(
    isOffered && (open || stayed)
      ? { kind: 'backfill', customerId: customer, fromDay: from, toDay: to, onlyAffected: true, recount: false }
      : null,
  );
  const leaving = useRef(planned);
  leaving.current = planned;
  useEffect(() => () => void (leaving.current.making && leaving.current.cancel()), []);
  return { isOffered, open, setOpen, planned };
}

export type Backfill = ReturnType<typeof useBackfill>;

/** "Backfill day": opens the verdict of the preview on the page. */
export function BackfillButton({ backfill, children }: { backfill: Backfill; children: React.ReactNode }) {
  if (!backfill.isOffered) return null;
  return (
    <Button look="primary" aria-expanded={backfill.open} onClick={() => backfill.setOpen(!backfill.open)}>
      <Zap aria-hidden className="size-3.5" />
      {children}
    </Button>
  );
}
