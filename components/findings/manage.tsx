'use client';

import { useId, useState } from 'react';
import { usePerson, useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { DataText } from '@/components/ui/data-text';
import { Field, Input, Textarea } from '@/components/ui/field';
import { dayName, instantIn } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { ReasonForm } from '@/components/ui/reason-form';
import { FailedLine } from '@/components/ui/states';
import { useNow } from '@/components/ui/time';
import { shiftDay } from '@/lib/day-text';
import { muteFinding, noteFinding, ownFinding, unmuteFinding } from '@/lib/findings/actions';
import { muteDaysMost, noteMost } from '@/lib/findings/limit-model';
import type { FindingView } from '@/lib/findings/model';

type Props = { finding: FindingView; onChanged: () => void };

/** Owner, note and mute, for those who may change them; for others what they are, and why not. */
export function Manage({ finding, onChanged }: Props) {
  const refusal = useRefusal('findings.manage');
  if (refusal !== null)
    return (
      <Section title="Owner, note and mute">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
          <dt className="text-muted">Owner</dt>
          <dd>{finding.owner ? <DataText>{finding.owner}</DataText> : 'nobody'}</dd>
          <dt className="text-muted">Note</dt>
          <dd className="whitespace-pre-wrap break-words">
            {finding.note ? <DataText>{finding.note}</DataText> : 'none'}
          </dd>
          <dt className="text-muted">Muted</dt>
          <dd>
            <Muted finding={finding} />
          </dd>
        </dl>
        <p className="text-muted text-sm">To change these: {refusal.charAt(0).toLowerCase() + refusal.slice(1)}</p>
      </Section>
    );
  return (
    <>
      <Section title="Owner and note">
        <Owner finding={finding} onChanged={onChanged} />
        <Note finding={finding} onChanged={onChanged} />
      </Section>
      <Section title="Mute">
        <Mute finding={finding} onChanged={onChanged} />
      </Section>
    </>
  );
}

function Owner({ finding, onChanged }: Props) {
  const { name } = usePerson();
  const { change, pending, failure } = useChange();
  const own = (owner: string) => change(() => ownFinding({ findingId: finding.id, owner }), onChanged);
  const isMine = finding.owner === name;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <span>
          {finding.owner ? (
            <>
              <span className="font-medium">
                <DataText>{finding.owner}</DataText>
              </span>
              {isMine ? ' (you) looks after it.' : ' looks after it.'}
            </>
          ) : (
            'Nobody looks after it.'
          )}
        </span>
        {!isMine && (
          <Button size="sm" disabled={pending} onClick={() => own(name)}>
            Take it
          </Button>
        )}
        {finding.owner && (
          <Button size="sm" look="ghost" disabled={pending} onClick={() => own('')}>
            {isMine ? 'Let it go' : 'Remove the owner'}
          </Button>
        )}
      </p>
      {failure && <FailedLine failure={failure} />}
    </div>
  );
}

function Note({ finding, onChanged }: Props) {
  const id = useId();
  const { change, pending, failure } = useChange();
  const saved = finding.note ?? '';
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? saved;
  return (
    <form
      className="flex flex-col items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        change(
          () => noteFinding({ findingId: finding.id, note: text }),
          () => {
            setDraft(null);
            onChanged();
          },
        );
      }}
    >
      <Field htmlFor={id} label="Note" className="w-full" error={failure?.fields?.note}>
        <Textarea
          id={id}
          rows={2}
          maxLength={noteMost}
          placeholder="What others should know"
          value={text}
          onChange={(event) => setDraft(event.target.value)}
        />
      </Field>
      {failure && !failure.fields?.note && <FailedLine failure={failure} />}
      {text.trim() !== saved && (
        <Button type="submit" disabled={pending}>
          Save the note
        </Button>
      )}
    </form>
  );
}

function Mute({ finding, onChanged }: Props) {
  const id = useId();
  const now = useNow();
  const today = instantIn(now || finding.lastSeenAtMs, finding.timeZone).day;
  const [untilDay, setUntilDay] = useState<string | null>(null);
  const until = untilDay ?? shiftDay(today, 7);
  if (finding.mutedUntilMs !== null)
    return (
      <div className="flex flex-col gap-3 text-sm">
        <p>
          <Muted finding={finding} />
        </p>
        <ReasonForm
          actions={[
            { verb: 'Unmute', doing: 'Unmuting …', act: (reason) => unmuteFinding({ findingId: finding.id, reason }) },
          ]}
          onDone={onChanged}
        />
      </div>
    );
  if (finding.state === 'resolved by itself')
    return <p className="text-muted text-sm">The day was counted clean, so there is nothing to mute.</p>;
  return (
    <>
      <p className="text-muted text-sm">
        Nobody hears of a muted finding until the day begins in {finding.timeZone}. It stays in the list and is counted
        as before.
      </p>
      <ReasonForm
        placeholder="Known, the cron is mended on Thursday"
        actions={[
          {
            verb: `Mute until ${dayName(until, false)}`,
            doing: 'Muting …',
            disabled: until === '',
            act: (reason) => muteFinding({ findingId: finding.id, untilDay: until, reason }),
          },
        ]}
        onDone={onChanged}
      >
        <Field htmlFor={id} label="Until" hint={`At most ${muteDaysMost} days ahead`}>
          <Input
            id={id}
            type="date"
            required
            className="w-fit"
            min={shiftDay(today, 1)}
            max={shiftDay(today, muteDaysMost)}
            value={until}
            onChange={(event) => setUntilDay(event.target.value)}
          />
        </Field>
      </ReasonForm>
    </>
  );
}

function Muted({ finding }: { finding: FindingView }) {
  const { mutedUntilMs, mutedBy, muteReason, timeZone } = finding;
  if (mutedUntilMs === null) return 'not muted';
  return (
    <>
      Muted until {dayName(instantIn(mutedUntilMs, timeZone).day)} by <DataText>{mutedBy ?? 'somebody'}</DataText>:{' '}
      <DataText>{muteReason ?? ''}</DataText>
    </>
  );
}
