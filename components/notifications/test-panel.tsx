'use client';

import { usePerson } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { DataText } from '@/components/ui/data-text';
import { FailedLine } from '@/components/ui/states';
import { testChannel } from '@/lib/notifications/actions';
import { headline, testContent } from '@/lib/notifications/message-model';
import type { SendingChannel } from '@/lib/notifications/model';
import { channelNames } from './words';

/** The preview of a test message, and the button that sends it. */
export function TestPanel({ channel, onDone }: { channel: SendingChannel; onDone: () => void }) {
  const person = usePerson();
  const content = testContent(person.name);
  const { change, pending, failure } = useChange();
  return (
    <div className="flex flex-col gap-4 text-sm">
      <blockquote
        aria-label="Preview"
        className="flex flex-col gap-1 rounded-md border-line-strong border-l-4 bg-raised px-3 py-2"
      >
        <p className="font-medium">
          <DataText>{headline({ kind: 'test', title: content.title })}</DataText>
        </p>
        {content.lines.map((line) => (
          <p key={line}>
            <DataText>{line}</DataText>
          </p>
        ))}
        <p className="font-mono text-muted text-xs">{content.path}</p>
      </blockquote>
      <p className="text-muted">
        It is sent within seconds, also in quiet hours. The history says whether the receiver took it.
      </p>
      {failure && <FailedLine failure={failure} />}
      <div>
        <Button look="primary" disabled={pending} onClick={() => change(() => testChannel({ channel }), onDone)}>
          {pending ? 'Sending' : `Send it by ${channelNames[channel]}`}
        </Button>
      </div>
    </div>
  );
}
