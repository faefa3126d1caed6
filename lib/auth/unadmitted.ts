import type { Identity } from './model';

/** The cause of a refusal of a person whom the provider knows, but whose groups have no role. */
export class Unadmitted extends Error {
  readonly person: Omit<Identity, 'role'>;
  readonly reason: 'no role' | 'too many groups';

  constructor(person: Omit<Identity, 'role'>, groups: readonly string[] | 'too many groups') {
    const shown =
      groups === 'too many groups' ? 'more than its provider lists in a token' : groups.join(', ') || 'none';
    super(`groups of ${person.subject}: ${shown}`);
    this.name = 'Unadmitted';
    this.person = person;
    this.reason = groups === 'too many groups' ? groups : 'no role';
  }
}
