'use client';

import { createContext, useContext } from 'react';
import type { Role } from '@/lib/auth/permissions';
import { may, type Permission, roleFor } from '@/lib/auth/permissions';

/** Who is signed in; on the `demo` one chooses name and role at the sign-in. */
export type SignedIn = { name: string; role: Role; demo: boolean };

const PersonContext = createContext<SignedIn>({ name: '', role: 'viewer', demo: false });

export function PersonProvider({ person, children }: { person: SignedIn; children: React.ReactNode }) {
  return <PersonContext.Provider value={person}>{children}</PersonContext.Provider>;
}

export const usePerson = (): SignedIn => useContext(PersonContext);

/** Why the signed-in person may not do this, or null where they may. The server checks again. */
export function useRefusal(permission: Permission): string | null {
  const { role } = usePerson();
  return may(role, permission) ? null : `Needs the role ${roleFor(permission)}; you are ${role}.`;
}
