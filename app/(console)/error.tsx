'use client';

import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/states';

export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Failed
      page
      what="This page could not be shown"
      failure={{
        code: 'unexpected',
        message: 'The log has the details under this id. The other pages still work, and runs continue.',
        requestId: error.digest ?? '',
      }}
    >
      <Button size="sm" onClick={reset}>
        Try again
      </Button>
    </Failed>
  );
}
