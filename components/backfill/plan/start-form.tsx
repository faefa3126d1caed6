'use client';

import { useRouter } from 'next/navigation';
import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { ReasonForm } from '@/components/ui/reason-form';
import type { Result } from '@/lib/edge/model';

/** The last form before a run: what it says about it, the reason, and the button that starts and opens it. */
export function StartForm({
  deed,
  start,
  onChanged,
  disabled,
  ...form
}: {
  deed: string;
  start: (reason: string) => Promise<Result<{ runId: string }>>;
  onChanged: () => void;
  disabled?: boolean;
} & Pick<Parameters<typeof ReasonForm>[0], 'optional' | 'placeholder' | 'children'>) {
  const router = useRouter();
  return (
    <ReasonForm
      {...form}
      deeds={[{ verb: deed, doing: 'Starting', look: 'danger', disabled, act: start }]}
      onDone={({ runId }) => router.push(routes.run(runId))}
      remedy={
        <Button size="sm" onClick={onChanged}>
          Preview again
        </Button>
      }
    />
  );
}
