'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { Section } from '@/components/ui/heading';
import { useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Skeleton } from '@/components/ui/states';
import type { Result } from '@/lib/edge/model';
import { helpDocuments } from '@/lib/help/documents-model';
import type { Help } from '@/lib/help/model';
import { Colours } from './colours';
import { keys } from './keys';
import { Words } from './words';

/** Keys, colours, words, documents, whom to ask, and the release: in the dialog of `?`, and on the page of Help. */
export function HelpContent({ initial, inDialog = false }: { initial?: Result<Help>; inDialog?: boolean }) {
  const live = useLive<Help>({ url: reads.help(), initial, staleMs: Number.POSITIVE_INFINITY });
  return (
    <div className="flex flex-col gap-6">
      <Section title="Keys">
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
          {keys.map(([key, what]) => (
            <div key={key} className="contents">
              <dt>
                <kbd className="rounded border border-line-strong bg-raised px-1.5 py-0.5 font-sans text-xs">{key}</kbd>
              </dt>
              <dd className="text-muted">{what}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Colours">
        <Colours />
      </Section>
      <Section title="Words">
        <LiveScreen live={live} what="The words could not be read" skeleton={<Skeleton className="h-48" />} part>
          {({ words }) => <Words entries={words} className={inDialog ? 'max-h-64 overflow-y-auto' : undefined} />}
        </LiveScreen>
      </Section>
      <Section title="Documents">
        <ul className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-2">
          {helpDocuments.map(({ name, title, about }) => (
            <li key={name}>
              <Link href={routes.document(name)} prefetch={false} className="underline">
                {title}
              </Link>{' '}
              <span className="text-muted">{about}</span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Whom to ask">
        <Contact help={live.data} />
      </Section>
    </div>
  );
}

const addressOf = (contact: string): string | null => {
  if (/^https:\/\/\S+$/.test(contact)) return contact;
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(contact) ? `mailto:${contact}` : null;
};

function Contact({ help }: { help: Help | undefined }) {
  if (!help) return <Skeleton className="h-5 w-64" />;
  const { contact, version, commit } = help;
  const href = contact && addressOf(contact);
  return (
    <div className="flex flex-col gap-1 text-sm">
      {href ? (
        <a href={href as Route} className="self-start underline">
          {contact}
        </a>
      ) : (
        <p>{contact ?? 'Whoever runs this console. They can put a name or a channel here with SLC_HELP_CONTACT.'}</p>
      )}
      <p className="text-muted">
        Say what you saw, the address of the page, and the request id where one was shown. This is version {version},
        commit {commit}.
      </p>
    </div>
  );
}
