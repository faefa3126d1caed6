import type { Identity } from './model';

/** The cause of a refusal to somebody whom the provider proved, and whom no group lets in. */
export class Unadmitted extends Error {
  readonly person: Omit<Identity, 'role'>;

  constructor(person: Omit<Identity, 'role'>, groups: readonly string[]) {
    super(`groups of ${person.subject}: ${groups.join(', ') || 'none'}`);
    this.name = 'Unadmitted';
    this.person = person;
  }
}
