import { nameKey } from '@/lib/customers/name-model';
import { type Mention, type Named, type NameIndex, readCustomers } from './customers';
import type { Line } from './lines';
import { wordsOf } from './words';

/**
 * Of whom a text is. `sure` is the customer that it can only mean; otherwise `maybe` are those that it may mean, the
 * likeliest first, and `said` those of them that it says itself, outside of addresses and signatures. `unknown` is what a
 * label says that is no registered customer.
 */
export type Whom = { sure: string | null; maybe: string[]; said: string[]; unknown: string | null };

const surely = (sure: string): Whom => ({ sure, maybe: [], said: [sure], unknown: null });

const most = 8;

/** Decides of whom a ticket is. Where two are said, or one only in passing, nobody is sure. */
export function decideCustomer(lines: readonly Line[], index: NameIndex): Whom {
  const mentions = [...readCustomers(lines, index), ...mailCustomers(lines, index)];
  const ids = (some: readonly Mention[]) => [...new Set(some.flatMap(({ customers }) => customers))];
  const maybe = ids([...mentions].sort((a, b) => weightOf(b, lines) - weightOf(a, lines))).slice(0, most);
  const said = ids(mentions.filter((mention) => isSaid(lines[mention.line]) && isName(mention)));
  const labels = mentions.filter(({ labelled }) => labelled);
  const sureLabels = ids(labels.filter(({ sure }) => sure));
  if (labels.length > 0) {
    const unsure = labels.find(({ sure }) => !sure);
    if (sureLabels.length === 1 && !unsure) return surely(sureLabels[0] ?? '');
    return { sure: null, maybe, said, unknown: unsure && unsure.customers.length === 0 ? unsure.written : null };
  }
  const sure = ids(mentions.filter((mention) => mention.sure));
  // A name that may mean another customer as well leaves open of which the ticket is, unless a whole name says it.
  const [only] = sure;
  const others = mentions.filter(
    ({ customers, kind, line }) => kind !== 'part' && customers.length > 1 && isSaid(lines[line]),
  );
  if (sure.length === 1 && only && others.every(({ customers }) => customers.includes(only))) return surely(only);
  return { sure: null, maybe, said, unknown: null };
}

/** A plain word in small letters is no name. */
const isName = ({ kind, written }: Mention) => kind !== 'common' || /\p{Lu}/u.test(written) || written.length < 4;
const isSaid = (line: Line | undefined) => line !== undefined && line.place !== 'header' && line.place !== 'signature';

function weightOf({ sure, kind, line }: Mention, lines: readonly Line[]): number {
  const place = lines[line]?.place;
  const ofPlace = place === 'header' || place === 'signature' ? 0 : place === 'subject' ? 3 : 2;
  return (sure ? 10 : 0) + ofPlace + (kind === 'whole' ? 4 : kind === 'common' ? 0 : 1);
}

/** Who has an address at a customer's own domain may write of that customer, or of another one. */
function mailCustomers(lines: readonly Line[], { forms }: NameIndex): Mention[] {
  return lines.flatMap(({ mails }, line) =>
    mails.flatMap((mail) => {
      const domain = (mail.split('@')[1] ?? '').split('.').at(-2) ?? '';
      const words = nameKey(domain).split(' ');
      const form = (forms.get(words[0] ?? '') ?? []).find((one) => one.words.join('') === words.join(''));
      if (!form || form.kind === 'part') return [];
      return [
        { customers: [...form.customers], line, written: domain, kind: 'part' as const, sure: false, labelled: false },
      ];
    }),
  );
}

/** Words that a search may have beside names. */
const filler = new Set(
  'a an and at backfill day days for from go in of on open please plan run scan show the to until'.split(' '),
);

/**
 * Of whom a few typed words are. Every word that is left must begin a word of a customer's names: with one such customer
 * it is that one.
 */
export function decideTyped(lines: readonly Line[], index: NameIndex, left: string): Whom & { rest: string } {
  const ticket = decideCustomer(lines, index);
  const words = wordsOf(left).filter(({ key }) => !filler.has(key));
  if (ticket.sure) return { ...ticket, rest: left };
  if (words.length === 0) return { ...ticket, rest: '' };
  const keysOf = (one: Named) => [one.id, one.displayName, ...one.aliases].map(nameKey);
  const exact = index.customers.filter((one) => keysOf(one).includes(nameKey(words.map(({ key }) => key).join(' '))));
  const begun = index.customers.filter((one) => {
    const all = keysOf(one).flatMap((key) => [...key.split(' '), key.replaceAll(' ', '')]);
    return words.every(({ key }) => all.some((word) => word.startsWith(key)));
  });
  const fitting = exact.length > 0 ? exact : begun;
  const [first] = fitting;
  if (first && fitting.length === 1) return { ...surely(first.id), rest: '' };
  if (fitting.length > 1)
    return {
      sure: null,
      maybe: fitting.map(({ id }) => id),
      said: fitting.map(({ id }) => id),
      unknown: null,
      rest: '',
    };
  return { ...ticket, rest: left };
}
