import type { Identity } from './model';

/** The cause of a refusal to somebody whom the provider proved, and whom no group lets in. */
export class Unadmitted extends Error {
  readonly person: Omit<Identity, 'role'>;
  readonly reason: 'no role' | 'too many groups';

  constructor(person: Omit<Identity, 'role'>, groups: readonly string[] | 'too many groups') {
    const told = groups === 'too many groups' ? 'more than its provider lists in a token' : groups.join(', ') || 'none';
    super(`groups of ${person.subject}: ${told}`);
    this.name = 'Unadmitted';
    this.person = person;
    this.reason = groups === 'too many groups' ? groups : 'no role';
  }
}
