import { sealData, unsealData } from 'iron-session';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { sessionSeconds } from './cookie';
import { roles } from './model';

/** The signed-in person as the sealed cookie carries it. */
export const Person = z.object({
  name: z.string().trim().min(1, 'Write your name; it stands in the audit.').max(80),
  role: z.enum(roles),
});
export type Person = z.infer<typeof Person>;

/** Seals a person with the process's secret. Throws AppError('unavailable') when there is none. */
export async function sealPerson(person: Person, secret: string): Promise<string> {
  if (!secret) throw new AppError('unavailable', 'Sign-in is not set up: SLC_SESSION_SECRET is missing.');
  return sealData(person, { password: secret, ttl: sessionSeconds });
}

/** The person of a cookie, or null when it is missing, expired, or not sealed by us. */
export async function openPerson(sealed: string | undefined, secret: string): Promise<Person | null> {
  if (!sealed || !secret) return null;
  const parsed = Person.safeParse(await unsealData(sealed, { password: secret }));
  return parsed.success ? parsed.data : null;
}
