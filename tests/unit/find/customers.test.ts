import { describe, expect, test } from 'vitest';
import { understand } from '@/lib/find/read/understand';

const named = (id: string, displayName: string, ...aliases: string[]) => ({ id, displayName, aliases });
const customers = [
  named('alaska-air', 'Alaska Air', 'ASA', 'Alaska Airlines'),
  named('alaska-tours', 'Alaska Tours'),
  named('alaska-air-cargo', 'Alaska Air Cargo'),
  named('contoso', 'Contoso Telecom'),
  named('northwind', 'Northwind Bank'),
  named('pacific-outfitters', 'Pacific Outfitters'),
  named('himalaya-trek', 'Himalaya Trek', 'Himàlaya Expeditions'),
  named('target', 'Target'),
  named('gap-inc', 'Gap Inc.'),
  named('macys', 'Macy’s'),
  named('live-chat', 'Live Chat'),
  named('fb', 'First Bank'),
  named('twin-a', 'Twin Hotels'),
  named('twin-b', 'Twin Hotels'),
  named('fabrikam-long', 'The Extremely Long Name of a Company that Never Ends'),
];
const whom = (text: string) => understand(text, customers, '2026-02-16').whom;

describe('a text that can mean only one customer', () => {
  test.each([
    ['alaska-air', 'alaska-air 2026-02-10'],
    ['alaska-air', 'ALASKA AIR: Active Days 0 on 10 Feb for Corinne Harmon, please check it today or tomorrow'],
    ['alaska-air', 'alaskaair'],
    ['alaska-air', '[Alaska Air] Feb 8, 2026: labels are of the former agent'],
    ['northwind', '[2026-02-11 10:32] Contoso Telecom: Northwind Bank has a problem with all of its agents again'],
    ['alaska-air', 'asa 10 feb'],
    ['alaska-air', 'alaska airl'],
    ['alaska-air-cargo', 'Alaska Air Cargo shows 0 active days for two of its agents since last Tuesday, please look'],
    ['contoso', 'contoso'],
    ['contoso', 'conto 10 feb'],
    ['himalaya-trek', 'himalaya'],
    ['himalaya-trek', 'HIMALAYA EXPEDITIONS'],
    ['target', 'target'],
    ['target', 'target 10 Feb 2026'],
    ['target', 'Customer: Target\nAgents show 0 active days'],
    ['gap-inc', 'Account: Gap Inc. (gap-inc)\nNumbers are wrong'],
    ['live-chat', 'Live Chat has zero active days since the change of the schedule, please check it today'],
    ['contoso', 'Contoso Telecom Tomas Lindqvist has zero active days since the change of the schedule'],
    ['contoso', 'Account: Contoso Telecom, Inc. (contoso) 4711\n0 active days'],
    ['macys', 'Macy’s reports that an agent has no active days on the tenth of the month, see below'],
    ['northwind', 'Northwind Bank’s agents are wrong since yesterday, they say it was fine on the day before'],
    ['northwind', 'Hi team,\n\nplease check Northwind Bank.\n\nBest regards,\nJane Doe\nAlaska Air'],
    [
      'northwind',
      'From: jane@contoso.com\nTo: support@example.com\nSubject: Northwind Bank: 0 active days\n\nSee subject.',
    ],
    ['northwind', '> Customer: Northwind Bank\n> Day: 10 Feb 2026\n\nCan somebody look?'],
    ['northwind', 'It looks like Northwind Bank has wrong labels again, at least that is what they tell us today'],
    ['pacific-outfitters', 'Customer: Pacific Outfitters | Priority: high\nDetails below'],
  ])('%s: %j', (customer, text) => {
    expect(whom(text)).toMatchObject({ sure: customer });
  });
});

describe('a text that leaves the customer open is asked about', () => {
  test.each([
    ['one word that two customers have', 'alaska', ['alaska-air', 'alaska-tours', 'alaska-air-cargo']],
    [
      'two customers',
      'Alaska Air and Northwind Bank both report zero active days for some of their agents',
      ['alaska-air', 'northwind'],
    ],
    ['two customers of one name', 'Twin Hotels', ['twin-a', 'twin-b']],
    [
      'a team of another customer',
      'Alaska Air cargo desk reports that two agents show 0 active days since Monday',
      ['alaska-air-cargo', 'alaska-air'],
    ],
    [
      'the company of a signature',
      'Hello,\n\nan agent shows 0 active days.\n\nThanks,\nJane Doe\nNorthwind Bank',
      ['northwind'],
    ],
    [
      'the company of a signature without a greeting',
      'Hello,\n\nan agent shows 0 active days.\n\nJane Doe\nSupport Lead, Northwind Bank\n+1 555 010 2000',
      ['northwind'],
    ],
    [
      'a sender',
      'From: Northwind Bank Support <help@northwind.com>\nSubject: 0 active days\n\nPlease check our agents.',
      ['northwind'],
    ],
    [
      'a comparison',
      'We see the same as at Northwind Bank last week, but now for a customer in Germany',
      ['northwind'],
    ],
    [
      'a word of a name in passing',
      'Our agents in Himalaya country ask why the numbers are at zero for the whole week',
      ['himalaya-trek'],
    ],
  ])('%s', (_, text, maybe) => {
    const found = whom(text);
    expect(found.sure).toBeNull();
    expect(found.maybe).toEqual(expect.arrayContaining(maybe));
  });
});

describe('a text of another company finds nobody', () => {
  test.each([
    ['a customer that is not registered', 'Customer: Fabrikam Motors\nSame problem as with Alaska Air: 0 active days'],
    ['a longer name in a label', 'Customer: Contoso Telecom Germany\n0 active days'],
    ['a longer id', 'Please look at contoso-telecom-staging, its agents have zero active days since the deploy'],
    ['a longer name', 'Contoso Telecom Germany has a problem with its agents: they are all at zero active days'],
    ['a longer name before', 'New Northwind Bank has a problem with its agents: they are all at zero active days'],
    ['a plain word', 'The target of 95 % is missed because an agent shows no active days in the whole of the week'],
    [
      'a plain word at the start',
      'Target dates slip since an agent shows no active days, can somebody look at it please',
    ],
    ['a gap', 'There is a gap in the numbers of the agent on 10 Feb 2026, can somebody look at it please'],
    ['a time zone', 'At 8 AM Pacific the numbers of all agents fell to zero, can somebody look at it please'],
    ['parts of words', 'The airline bank telecom tours trek outfitters hotels all have active days, says the team'],
    ['a phrase', 'Live chat agents have zero active days since the change of the schedule, please check it'],
    ['a phrase of a name', 'This is the first bank holiday after which the labels are wrong, can you check it for us'],
    ['one more word of a name', 'Contoso Telecom Rouge has zero active days for one of its agents on 10 Feb 2026'],
    ['a part of a customer in a label', 'Customer: Contoso Telecom (EU)\n0 active days'],
    ['a part of a customer in a label behind a dash', 'Customer: Contoso Telecom - Nordics\n0 active days'],
    ['nothing', 'An agent shows no active days'],
  ])('%s', (_, text) => {
    expect(whom(text).sure).toBeNull();
  });

  test('letters that are scattered over a name do not find it', () => {
    for (const text of ['himalayan tea', 'teln', 'extr lng nme', 'lask', 'aska air', 'ontoso']) {
      expect(whom(text), text).toMatchObject({ sure: null, maybe: [] });
    }
    expect(whom('himalaya').sure).toBe('himalaya-trek');
  });
});
