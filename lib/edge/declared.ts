import type { Permission } from '@/lib/auth/permissions';

/** What an entry of the pages says about itself: the permission it needs, or why it needs none. */
export type Declaration = { name: string } & ({ permission: Permission } | { openBecause: string });

const mark = Symbol.for('slc.declaration');

/** Puts the declaration on the entry, where the refusal test of the built app finds it. */
export function declare<Entry extends object>(entry: Entry, declaration: Declaration): Entry {
  return Object.defineProperty(entry, mark, { value: declaration });
}

/** What an action or route handler declared; null for one that did not. */
export function declarationOf(entry: unknown): Declaration | null {
  const declared = typeof entry === 'function' && Object.getOwnPropertyDescriptor(entry, mark)?.value;
  return declared || null;
}

/** Declares an entry that anybody may call, signed in or not. `because` says why; a test lists every one of them. */
export function open<Entry extends (...args: never[]) => unknown>(
  declaration: { name: string; because: string },
  entry: Entry,
): Entry {
  return declare(entry, { name: declaration.name, openBecause: declaration.because });
}
