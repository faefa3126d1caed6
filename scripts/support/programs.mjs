// @ts-check
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall } from './apt.mjs';

/** The path of a program. Debian keeps some in folders that are not in a person's PATH. @param {string} name */
export const programPath = (name) =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

/** The Debian package of a program that has another name. @type {Record<string, string>} */
const packages = { promtool: 'prometheus' };

/** Installs missing programs if it can, and says which tests are skipped because one is still missing. */
export async function ensurePrograms(/** @type {string[]} */ names) {
  const absent = () => names.filter((name) => !programPath(name));
  if (absent().length > 0) await aptInstall(absent().map((name) => packages[name] ?? name));
  for (const name of absent()) process.stdout.write(`${name} is not installed: the tests that need it are left out.\n`);
}
