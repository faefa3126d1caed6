import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError, messageOf } from '../../errors';

/** What a user may do: reader SELECT only, labeler also INSERT, deleter also the repair's deletes, admin everything. */
const Role = z.enum(['reader', 'labeler', 'deleter', 'admin']);
export type Role = z.infer<typeof Role>;

export const UsersFile = z.record(z.string().min(1), z.object({ password: z.string(), role: Role }));
export type UsersFile = z.infer<typeof UsersFile>;

export type User = { name: string; role: Role };

/** Reads the users file. Throws AppError('invalid_input') when it is missing or not `name -> {password, role}`. */
export function readUsersFile(path: string): UsersFile {
  try {
    return UsersFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new AppError('invalid_input', `The users file ${path} is not usable: ${messageOf(cause)}.`, { cause });
  }
}

/** The user of this name and password, or null. */
export function authenticate(users: UsersFile, name: string, password: string): User | null {
  const known = Object.hasOwn(users, name) ? users[name] : undefined;
  const expected = Buffer.from(known?.password ?? '');
  const given = Buffer.from(password);
  const same = expected.length === given.length && timingSafeEqual(expected, given);
  return known && same ? { name, role: known.role } : null;
}
