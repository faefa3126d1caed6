import type { Permission } from '@/lib/auth/permissions';

/** The declaration of an action or route: the permission that it needs, or why it needs none. */
export type Declaration = { name: string } & ({ permission: Permission } | { openBecause: string });

const mark = Symbol.for('slc.declaration');

/** Attaches the declaration to the entry, where the test of the built app finds it. */
export function declare<Entry extends object>(entry: Entry, declaration: Declaration): Entry {
  return Object.defineProperty(entry, mark, { value: declaration });
}

/** The declaration of an action or route handler; null if it has none. */
export function declarationOf(entry: unknown): Declaration | null {
  const declared = typeof entry === 'function' && Object.getOwnPropertyDescriptor(entry, mark)?.value;
  return declared || null;
}

/** Declares an entry that anybody may call, signed in or not. `because` says why; a test lists all of them. */
export function open<Entry extends (...args: never[]) => unknown>(
  declaration: { name: string; because: string },
  entry: Entry,
): Entry {
  return declare(entry, { name: declaration.name, openBecause: declaration.because });
}
