'use client';

import { createContext, useContext } from 'react';
import type { Role } from '@/lib/auth/permissions';
import { may, type Permission, roleFor } from '@/lib/auth/permissions';

export type SignedIn = { name: string; role: Role };

const PersonContext = createContext<SignedIn>({ name: '', role: 'viewer' });

export function PersonProvider({ person, children }: { person: SignedIn; children: React.ReactNode }) {
  return <PersonContext.Provider value={person}>{children}</PersonContext.Provider>;
}

export const usePerson = (): SignedIn => useContext(PersonContext);

/** Why the signed-in person may not do this, or null where they may. The server checks again. */
export function useRefusal(permission: Permission): string | null {
  const { role } = usePerson();
  return may(role, permission) ? null : `Needs the role ${roleFor(permission)}; you are ${role}.`;
}
