/** The longest text that is read, in characters: a ticket with its whole thread. */
export const textMost = 20_000;

/**
 * What is searched. `here` is the customer of the page on which somebody searches, which is only a hint. `customer`, and
 * `from` with `to`, are what that person chose where the text left it open; `to` is exclusive.
 */
export type Search = { text: string; here?: string; customer?: string; from?: string; to?: string };

/** What the one button opens; a scan is started first. `to` is exclusive. */
export type Target =
  | { kind: 'day'; customerId: string; day: string; agent?: string; useCase?: string; conversation?: string }
  | { kind: 'active days'; customerId: string; from: string; to: string }
  | { kind: 'customer'; customerId: string; from?: string; to?: string }
  | { kind: 'scan'; customerId: string; from: string; to: string }
  | { kind: 'run'; runId: string }
  | { kind: 'finding'; findingId: string };

export type Choice = { label: string; detail: string; set: Pick<Search, 'customer' | 'from' | 'to'> };

/**
 * What a text was understood to be about. `parts` say it in words, such as "Alaska Air", "10 Feb 2026". `customerId` is
 * null unless the text can mean only that one. `ask` is the question that is open; then there is no verdict and no button.
 * `notes` say what was not looked up, and how something was read.
 */
export type Found = {
  parts: string[];
  customerId: string | null;
  days: { from: string; to: string } | null;
  agents: string[];
  useCases: string[];
  conversations: string[];
  runId: string | null;
  notes: string[];
  ask: { question: string; choices: Choice[] } | null;
  verdict: { tone: 'wrong' | 'right' | 'unknown'; sentence: string } | null;
  button: { label: string; target: Target } | null;
};
