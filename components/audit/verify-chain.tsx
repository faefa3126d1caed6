'use client';

import { useState } from 'react';
import { reads } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Id } from '@/components/ui/copy';
import { Field, Input } from '@/components/ui/field';
import { useLive } from '@/components/ui/live';
import { Failed, Skeleton } from '@/components/ui/states';
import type { AuditCheck } from '@/lib/audit/model';
import { count, formatNumber } from '@/lib/words';

/** Checks the chain of the audit, against a head that was kept elsewhere if there is one. */
export function VerifyChain() {
  const [written, setWritten] = useState('');
  const [kept, setKept] = useState('');
  const live = useLive<AuditCheck>({ url: reads.auditVerify({ head: kept }), staleMs: 0 });
  return (
    <div className="flex flex-col gap-4">
      {live.failure && <Failed what="The chain could not be checked" failure={live.failure} retry={live} />}
      {!live.failure && (live.fetching || !live.data) && (
        <div role="status" aria-label="Checking">
          <Skeleton className="h-16" />
        </div>
      )}
      {!live.failure && !live.fetching && live.data && <Verdict check={live.data} kept={kept !== ''} />}
      <form
        className="flex flex-col items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (written.trim() === kept) live.refresh();
          setKept(written.trim());
        }}
      >
        <Field
          htmlFor="kept-head"
          label="A head that was kept (optional)"
          hint="With it, a chain that was cut or rewritten as a whole is found as well."
          className="w-full"
        >
          <Input
            id="kept-head"
            autoComplete="off"
            spellCheck={false}
            placeholder="1204:9f2c…"
            value={written}
            onChange={(event) => setWritten(event.target.value)}
            className="w-full font-mono"
          />
        </Field>
        <Button type="submit" disabled={live.fetching}>
          {live.fetching ? 'Checking' : 'Check again'}
        </Button>
      </form>
    </div>
  );
}

function Verdict({
  check: { rows, head, findings, findingsTotal, rights },
  kept,
}: {
  check: AuditCheck;
  kept: boolean;
}) {
  const more = findingsTotal - findings.length;
  return (
    <div role="status" className="flex flex-col gap-3 text-sm">
      {findingsTotal === 0 ? (
        <Mark tone="verified">
          The chain of {count(rows, 'row')} is intact{kept && ', and agrees with the head that was kept'}.
        </Mark>
      ) : (
        <>
          <Mark tone="attention">
            The chain is broken: {count(findingsTotal, 'finding')} in {count(rows, 'row')}.
          </Mark>
          <ul className="flex list-disc flex-col gap-1 pl-5">
            {findings.map(({ sentence }) => (
              <li key={sentence} className="[overflow-wrap:anywhere]">
                {sentence}
              </li>
            ))}
            {more > 0 && <li>And {formatNumber(more)} more.</li>}
          </ul>
        </>
      )}
      {rights !== null && <Mark tone="stale">{rights}</Mark>}
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="text-muted">Head, to keep elsewhere</span>
        <Id value={`${head.seq}:${head.hash}`} length={28} />
      </p>
    </div>
  );
}
