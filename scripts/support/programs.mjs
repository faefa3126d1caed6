// @ts-check
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall } from './apt.mjs';

/** Where a program is; Debian keeps some where the PATH of a person does not look. @param {string} name */
export const programPath = (name) =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

/** Installs those that are not there, where that is possible; says which tests are left out for want of the rest. */
export async function ensurePrograms(/** @type {string[]} */ names) {
  const absent = () => names.filter((name) => !programPath(name));
  if (absent().length > 0) await aptInstall(absent());
  for (const name of absent()) process.stdout.write(`${name} is not installed: the tests that need it are left out.\n`);
}
