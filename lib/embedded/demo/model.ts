/** A demo customer as the registry has it. The start of the demo registers it. */
export type DemoCustomer = { id: string; displayName: string; profiles: string[]; database: string; timeZone: string };

/** Conversations in a thousand, per day of a block, whose labels are at fault. */
export type DemoFaults = { stale: number[]; missing: number[]; duplicate: number[] };

/** Generated conversations: `counts[i]` of them start on the i-th day, all closed, and labelled except for `faults`. */
export type DemoBlock = {
  name: string;
  days: string[];
  counts: number[];
  agents: string[];
  useCases: string[];
  faults: DemoFaults;
};

/** One version of a conversation. Instants in ms; `endMs` 0 = open. */
export type DemoTruth = {
  id: string;
  profile: string;
  agent: string | null;
  useCase: string;
  startMs: number;
  endMs: number;
  updatedMs: number;
};

/** One row of the labels; `agent` '' = unassigned, `customer` another than the truth's own. */
export type DemoLabel = DemoTruth & { agent: string; customer?: string };

/** Rows written by hand. Each inner list is one insert, so that versions of a row stay unmerged at first. */
export type DemoRows = { truth: DemoTruth[][]; labels: DemoLabel[][] };

/** All that a customer's data is made of. */
export type DemoPlan = { customer: DemoCustomer; blocks: DemoBlock[]; rows: DemoRows };

const firstNames =
  'Amara Ben Chloe Diego Elena Farid Grace Hugo Ines Jonas Keiko Lena Mateo Nadia Omar Petra Quinn Rosa Samir Tess';
const lastNames =
  'Abbott Brandt Castillo Dubois Eriksen Fontaine Gallo Haddad Ito Jansen Kovac Larsen Moreau Novak Ortega Park';

/** `count` different agents; another `shift` gives other people. */
export function agentNames(count: number, shift = 0): string[] {
  const first = firstNames.split(' ');
  const last = lastNames.split(' ');
  return Array.from({ length: count }, (_, index) => {
    const n = index + shift;
    return `${first[n % first.length]} ${last[(n * 7 + Math.floor(n / first.length)) % last.length]}`;
  });
}

/** No fault on any of `days` days. */
export function noFaults(days: number): DemoFaults {
  const none = () => Array.from({ length: days }, () => 0);
  return { stale: none(), missing: none(), duplicate: none() };
}
