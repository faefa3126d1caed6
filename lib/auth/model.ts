import { z } from 'zod';
import { type Role, roles } from './permissions';

/**
 * The person or program behind a request. `name` is what the audit shows; `via` is how the request came in; `subject`
 * distinguishes two people with the same name (the provider and its id of the person, or the token) and is absent if
 * nobody proved who they are; `maker` is the subject of the person who made the token; `sessionId` is that of the
 * pages.
 */
export type Actor = {
  name: string;
  role: Role;
  via: 'web' | 'cli' | 'worker' | 'token';
  requestId: string;
  subject?: string;
  maker?: string;
  sessionId?: string;
};

/** The provider's id of the person behind an actor; undefined if nobody proved who they are. */
export const personOf = ({ via, subject, maker }: Pick<Actor, 'via' | 'subject' | 'maker'>): string | undefined =>
  via === 'web' ? subject : maker;

/** Whether two texts name the same provider. Some write their issuer with a slash at the end. */
export const isSameProvider = (one: string, other: string): boolean =>
  one.replace(/\/+$/, '') === other.replace(/\/+$/, '');

/** A person who signed in. `provider` is the issuer, or "demo"; `subject` is the provider's id of the person. */
export type Identity = { provider: string; subject: string; name: string; role: Role };

/** The input of the demo's sign-in: a name for the audit, and a role. */
export const Person = z.object({
  name: z.string().trim().min(1, 'Write your name. The audit will show it.').max(80),
  role: z.enum(roles),
});
export type Person = z.infer<typeof Person>;

/** A session as its owner and approvers see it. Instants are milliseconds since the epoch. */
export type SessionView = {
  id: string;
  provider: string;
  name: string;
  role: Role;
  userAgent: string;
  createdAtMs: number;
  lastSeenAtMs: number;
  idleExpiresAtMs: number;
  expiresAtMs: number;
  /** The session of the person who asks. */
  current: boolean;
};

export const EndSession = z.object({ sessionId: z.uuid() });
export type EndSession = z.infer<typeof EndSession>;

/** A new token: a program acts under `name` with `role` until it expires or is revoked. */
export const NewToken = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9][\w.@-]{0,62}$/, 'Use letters, digits and . _ @ -, such as "nightly-scan"; 63 at most.'),
  role: z.enum(roles),
  days: z
    .number()
    .int()
    .min(1, 'A token is valid for at least 1 day.')
    .max(366, 'A token is valid for at most 366 days.'),
});
export type NewToken = z.infer<typeof NewToken>;

export const RevokeToken = z.object({ tokenId: z.uuid() });

const tokenStates = ['valid', 'expired', 'revoked'] as const;

export type TokenView = {
  id: string;
  name: string;
  role: Role;
  createdBy: string;
  /** The provider and its id of the person who made the token; null if nobody proved who that was. */
  createdSubject: string | null;
  createdAtMs: number;
  expiresAtMs: number;
  lastUsedAtMs: number | null;
  state: (typeof tokenStates)[number];
};

/** The highest role that any of `groups` has in `mapping`, which maps roles to groups; null if there is none. */
export function roleOfGroups(groups: readonly string[], mapping: Partial<Record<Role, string[]>>): Role | null {
  return roles.toReversed().find((role) => mapping[role]?.some((group) => groups.includes(group))) ?? null;
}

const own = /^\/(?![/\\])[^\\\p{Cc}]*$/u;

/** A path of this console that a sign-in may lead back to; anything else becomes the list of customers. */
export function safeReturnTo(text: unknown): string {
  const home = '/customers';
  if (typeof text !== 'string' || text.length > 2000 || !own.test(text) || !URL.canParse(text, 'http://console')) {
    return home;
  }
  // It goes into a header, so it is ASCII. Dots are resolved first, since they could change how it begins.
  const { pathname, search, hash } = new URL(text, 'http://console');
  const path = pathname + search + hash;
  return !own.test(path) || path.startsWith('/sign-in') || path.startsWith('/api/') ? home : path;
}

/** The reasons why a sign-in fails. The sign-in page has a sentence for each. */
export const signInProblems = [
  'no role',
  'too many groups',
  'refused',
  'expired',
  'unavailable',
  'still signed in there',
] as const;
export type SignInProblem = (typeof signInProblems)[number];
