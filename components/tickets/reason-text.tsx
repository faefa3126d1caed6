'use client';

import { createContext, useContext } from 'react';
import { DataText } from '@/components/ui/data-text';
import { piecesOf } from './ticket-ids';

const TicketUrl = createContext<string | null>(null);

/** `url` is the address of a ticket with `{ticket}` in place of its id; null where none is configured. */
export function TicketUrlProvider({ url, children }: { url: string | null; children: React.ReactNode }) {
  return <TicketUrl.Provider value={url}>{children}</TicketUrl.Provider>;
}

/** A reason that a person wrote. The ids of tickets in it lead to them, where the address of tickets is configured. */
export function ReasonText({ children }: { children: string }) {
  const url = useContext(TicketUrl);
  if (url === null) return <DataText>{children}</DataText>;
  return piecesOf(children).map(({ text, ticket }, index) =>
    ticket ? (
      <a
        key={`${index.toString()} ${text}`}
        href={url.replaceAll('{ticket}', encodeURIComponent(text))}
        target="_blank"
        rel="noreferrer"
        className="underline decoration-dotted underline-offset-4 hover:decoration-solid"
      >
        {text}
      </a>
    ) : (
      <DataText key={`${index.toString()} ${text}`}>{text}</DataText>
    ),
  );
}
