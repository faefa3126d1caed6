import { shiftDay } from '@/lib/day-text';
import { longDay } from '@/lib/words';
import { conversationId, customers, dataDays, perDay, type TestCustomer } from './registry';

/** A generated ticket and what is right: null where a person must be asked. */
export type Ticket = {
  kind: string;
  style: string;
  text: string;
  customer: string | null;
  days: { from: string; to: string } | null;
};

/** Numbers from 0 to 1, the same for the same seed: mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Maker = { pick: <One>(all: readonly One[]) => One; day: string; next: () => number };

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['January', 'February'];
const number = (day: string) => Number(day.slice(8));
const weekday = (day: string) => weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? '';
const month = (day: string) => months[Number(day.slice(5, 7)) - 1] ?? '';
const suffix = (day: number) => (day > 3 && day < 21 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'));

/** How people write a day. */
const dayForms: ((day: string) => string)[] = [
  (day) => day,
  (day) => longDay(day),
  (day) => `${number(day)} ${month(day).slice(0, 3)}`,
  (day) => `${month(day)} ${number(day)}${suffix(number(day))}`,
  (day) => `${month(day).slice(0, 3)} ${number(day)}, ${day.slice(0, 4)}`,
  (day) => `${weekday(day)}, ${month(day)} ${number(day)}`,
  (day) => `the ${number(day)}${suffix(number(day))} of ${month(day)}`,
  (day) => `${number(day)}.${Number(day.slice(5, 7))}.${day.slice(0, 4)}`,
  (day) => `${day.slice(8)}-${month(day).slice(0, 3)}-${day.slice(0, 4)}`,
  (day) => day.replaceAll('-', '/'),
];
const rangeForms: ((from: string, last: string) => string)[] = [
  (from, last) => `${from} to ${last}`,
  (from, last) => `from ${longDay(from)} until ${longDay(last)}`,
  (from, last) => `${number(from)}-${number(last)} ${month(last)} ${last.slice(0, 4)}`,
  (from, last) => `between ${month(from)} ${number(from)} and ${month(last)} ${number(last)}`,
  (from, last) => `${month(from).slice(0, 3)} ${number(from)}–${number(last)}`,
];

const mixed = (text: string, next: () => number) =>
  [...text].map((char) => (next() < 0.5 ? char.toLowerCase() : char.toUpperCase())).join('');
/** A name that means one customer, in any of its forms. */
function nameOf(one: TestCustomer, { pick, next }: Maker, inText = true): string {
  const own =
    customers.filter(({ displayName }) => displayName === one.displayName).length === 1 &&
    (one.id !== 'target' || !inText);
  const names = [...(one.id === 'target' && inText ? [] : [one.id]), ...(own ? [one.displayName] : []), ...one.aliases];
  const name = pick(names);
  const form = pick(['as is', 'as is', 'as is', 'lower', 'upper', 'mixed']);
  if (form === 'lower') return name.toLowerCase();
  if (form === 'upper') return name.toUpperCase();
  return form === 'mixed' ? mixed(name, next) : name;
}

const people = ['Jane Doe', 'Ravi Shah', 'Lena Brandt', 'Tom O’Neil'];
const companies = ['Initech', 'Umbrella Support', 'Hooli'];
const complaints = [
  'Active Days shows 0 although the agent worked',
  'labels are of the former agent',
  'the conversations are counted for somebody else',
  'the report has no active day for them',
];

type Parts = { subject: string; body: string; company: string; sent?: string };

/** Each style puts a subject and a body into what people paste. */
const styles: Record<string, (parts: Parts, maker: Maker) => string> = {
  'one-liner': ({ subject, body }) => `${subject}: ${body.replaceAll('\n', ' ')}`,
  mail: ({ subject, body, company, sent = '2026-02-15' }, { pick }) =>
    `From: ${pick(people)} <help@${company.toLowerCase().replaceAll(' ', '-')}.example>\nTo: support@console.example\nDate: ${weekday(sent).slice(0, 3)}, ${number(sent)} Feb 2026 15:04:11 +0000\nSubject: ${subject}\n\nHi team,\n\n${body}\n\nCould you look at it?\n\nKind regards,\n${pick(people)}\n${company} | Customer Success\n+1 555 010 ${1000 + number(sent)}`,
  slack: ({ subject, body, sent = '2026-02-15' }, { pick }) =>
    `${pick(people)}  [Feb ${number(sent)}, 2026 at 3:04 PM]\n${subject}\n${body}\n${pick(people)}  [Feb ${number(sent)}, 2026 at 3:10 PM]\nlooking 👀`,
  jira: ({ subject, body, company, sent = '2026-02-15' }, { pick }) =>
    `SUP-4711 ${subject}\nReporter: ${pick(people)} (${company})\nCreated: ${number(sent)}/Feb/26 3:04 PM\nPriority: High\nLabels: active-days, p2\n\nDescription\n${body}\n`,
  forwarded: ({ subject, body, company, sent = '2026-02-15' }, { pick }) =>
    `FYI, can you take this one?\n\n-----Original Message-----\nFrom: ${pick(people)}\nSent: ${weekday(sent)}, February ${number(sent)}, 2026 3:04 PM\nTo: Support\nSubject: ${subject}\n\n${body}\n\nThanks,\n${pick(people)}\n${company}`,
  quoted: ({ subject, body, sent = '2026-02-15' }, { pick }) =>
    `Any news?\n\nOn ${weekday(sent).slice(0, 3)}, ${number(sent)} Feb 2026 at 15:04, ${pick(people)} wrote:\n> ${subject}\n>\n${body
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n')}`,
};

const one = (day: string) => ({ from: day, to: shiftDay(day, 1) });

/** What a ticket says, and what is right then. */
const kinds: Record<
  string,
  (maker: Maker) => {
    subject: string;
    body: string;
    customer: string | null;
    days: Ticket['days'];
    company?: string;
    sent?: string;
  }
> = {
  plain: (maker) => {
    const who = maker.pick(customers);
    const agent = maker.pick(who.agents);
    return {
      subject: `${nameOf(who, maker)} - wrong labels`,
      body: `On ${maker.pick(dayForms)(maker.day)} ${maker.pick(complaints)}: ${agent}.`,
      customer: who.id,
      days: one(maker.day),
    };
  },
  'customer in the subject only': (maker) => {
    const who = maker.pick(customers);
    return {
      subject: `[${nameOf(who, maker)}] ${maker.pick(dayForms)(maker.day)}`,
      body: `${maker.pick(complaints)}.`,
      customer: who.id,
      days: one(maker.day),
    };
  },
  'a form': (maker) => {
    const who = maker.pick(customers);
    return {
      subject: 'Wrong Active Days',
      body: `Customer: ${nameOf(who, maker, false)}\nAffected day: ${maker.pick(dayForms)(maker.day)}\nReported: ${longDay('2026-02-14')}\nAgent: ${maker.pick(who.agents)}`,
      customer: who.id,
      days: one(maker.day),
    };
  },
  range: (maker) => {
    const who = maker.pick(customers);
    const last = shiftDay(maker.day, 2);
    return {
      subject: `${nameOf(who, maker)} numbers`,
      body: `${maker.pick(complaints)}, ${maker.pick(rangeForms)(maker.day, last)}.`,
      customer: who.id,
      days: { from: maker.day, to: shiftDay(last, 1) },
    };
  },
  'several dates': (maker) => {
    const who = maker.pick(customers);
    return {
      subject: `Wrong labels at ${nameOf(who, maker)}`,
      body: `Reported on ${longDay('2026-02-14')} by the customer. On ${maker.pick(dayForms)(maker.day)} ${maker.pick(complaints)}. Next call on 20 Feb 2026, deployed on 3 Feb 2026.`,
      customer: who.id,
      days: one(maker.day),
    };
  },
  yesterday: (maker) => {
    const who = maker.pick(customers);
    return {
      subject: `${nameOf(who, maker)}`,
      body: `Since this morning we see that yesterday ${maker.pick(complaints)}.`,
      customer: who.id,
      days: one(maker.day),
      sent: shiftDay(maker.day, 1),
    };
  },
  'ids only': (maker) => {
    const who = maker.pick(customers);
    const ids = Array.from({ length: perDay }, (_, at) => conversationId(who.id, maker.day, at));
    return {
      subject: 'Wrong agent',
      body: `These conversations have the wrong label:\n${ids.join('\n')}`,
      customer: who.id,
      days: one(maker.day),
    };
  },
  'ids and a customer': (maker) => {
    const who = maker.pick(customers);
    return {
      subject: `${nameOf(who, maker)}: wrong agent`,
      body: `Conversation ${conversationId(who.id, maker.day, 1)} has the label of the former agent.`,
      customer: who.id,
      days: one(maker.day),
    };
  },
  'ids of another customer': (maker) => {
    const who = maker.pick(customers);
    const other = maker.pick(customers.filter(({ id }) => id !== who.id));
    return {
      subject: `${nameOf(who, maker)}: wrong agent`,
      body: `Conversation ${conversationId(other.id, maker.day, 1)} has the label of the former agent.`,
      customer: null,
      days: null,
    };
  },
  'another company in the signature': (maker) => {
    const who = maker.pick(customers);
    const other = maker.pick(customers.filter(({ displayName }) => displayName !== who.displayName));
    return {
      subject: `${nameOf(who, maker)} agents at zero`,
      body: `On ${maker.pick(dayForms)(maker.day)} ${maker.pick(complaints)}.`,
      customer: who.id,
      days: one(maker.day),
      company: other.displayName,
    };
  },
  'a customer in the signature only': (maker) => ({
    subject: 'Agents at zero',
    body: `On ${maker.pick(dayForms)(maker.day)} ${maker.pick(complaints)}.`,
    customer: null,
    days: null,
    company: maker.pick(customers).displayName,
  }),
  'no customer': (maker) => ({
    subject: 'Agents at zero',
    body: `On ${maker.pick(dayForms)(maker.day)} ${maker.pick(complaints)}. The target of the bank team and the air time gap are as usual, 8 AM Pacific.`,
    customer: null,
    days: null,
  }),
  'two customers': (maker) => {
    const who = maker.pick(customers);
    const other = maker.pick(customers.filter(({ displayName }) => displayName !== who.displayName));
    return {
      subject: `${nameOf(who, maker)} and ${nameOf(other, maker)}`,
      body: `On ${maker.pick(dayForms)(maker.day)} ${maker.pick(complaints)}.`,
      customer: null,
      days: null,
    };
  },
  'a word that customers share': (maker) => ({
    subject: `${maker.pick(['Alaska', 'Twin Hotels', 'the Alaska team', 'Twin'])} numbers`,
    body: `On ${maker.pick(dayForms)(maker.day)} ${maker.pick(complaints)}.`,
    customer: null,
    days: null,
  }),
  'a customer that is not registered': (maker) => ({
    subject: 'Wrong labels',
    body: `Customer: ${maker.pick(['Fabrikam Motors', 'Northwind Bank Asia', 'Alaska Railroad', 'Globex Media'])}\nSame as we had with ${maker.pick(customers).displayName}.\nDay: ${maker.pick(dayForms)(maker.day)}`,
    customer: null,
    days: null,
  }),
  'an agent only': (maker) => ({
    subject: 'Agent at zero',
    body: `On ${maker.pick(dayForms)(maker.day)} ${maker.pick(customers).agents[0]} has no active day.`,
    customer: null,
    days: null,
  }),
  'a link of this console': (maker) => {
    const who = maker.pick(customers);
    return {
      subject: 'Wrong labels',
      body: `See https://console.example/customers/${who.id}/days/${maker.day}?flags=wrongAgent, that is what they mean.`,
      customer: who.id,
      days: one(maker.day),
    };
  },
  'a link of the chats application': (maker) => {
    const who = maker.pick(customers);
    return {
      subject: 'Wrong labels',
      body: `See https://chats.example/inbox/${conversationId(who.id, maker.day, 0)}?tab=notes, it has the wrong agent.`,
      customer: who.id,
      days: one(maker.day),
    };
  },
};

/** So many tickets of every kind and style in turn. */
export function makeTickets(amount: number, seed: number): Ticket[] {
  const next = random(seed);
  const pick: Maker['pick'] = (all) => all[Math.floor(next() * all.length)] as (typeof all)[number];
  return Array.from({ length: amount }, (_, at) => {
    const [kind, make] = Object.entries(kinds)[at % Object.keys(kinds).length] as [string, (typeof kinds)[string]];
    const day = pick(dataDays.slice(0, 6));
    const maker = { pick, day, next };
    const said = make(maker);
    const needsDate =
      kind === 'yesterday' ||
      kind === 'a customer in the signature only' ||
      kind === 'another company in the signature';
    const style = pick(needsDate ? ['mail', 'forwarded'] : Object.keys(styles));
    const { subject, body, customer, days, company = pick(companies), sent } = said;
    const text = (styles[style] ?? styles.mail)?.({ subject, body, company, sent }, maker) ?? '';
    return { kind, style, text, customer, days };
  });
}
