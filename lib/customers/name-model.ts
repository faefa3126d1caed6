/** Characters of ids that look alike. Ids are compared in lower case. */
const shapes: [RegExp, string][] = [
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/[._-]+/g, '-'],
];

const shapeOf = (id: string): string => shapes.reduce((text, [from, to]) => text.replace(from, to), id.toLowerCase());

/** The id among `taken` that looks like `id`: other case, 0 for O, 1 for l, another dash. Null if there is none. */
export function lookalikeOf(id: string, taken: readonly string[]): string | null {
  return taken.find((other) => other !== id && shapeOf(other) === shapeOf(id)) ?? null;
}

const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u];

/** Whether a word mixes alphabets that look alike, such as a Cyrillic letter in a Latin name. */
export const mixesAlphabets = (text: string): boolean =>
  text.split(/[^\p{L}\p{M}]+/u).some((word) => scripts.filter((script) => script.test(word)).length > 1);

/** Whether the text has characters that are invisible or change the direction of the text around them. */
export const hidesCharacters = (text: string): boolean =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);

/** A name as names are compared: its letters and digits without case and accents, its words apart by one space. */
export const nameKey = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

type Named = { id: string; displayName: string; aliases: readonly string[] };

/**
 * The first name of `one` that another customer has as well, and that customer, if an alias of either is part of it.
 * Null if there is none. Two customers may share a display name, but no alias.
 */
export function sharedAlias(one: Named, others: readonly Named[]): { name: string; customerId: string } | null {
  const own = [...one.aliases, one.id, one.displayName];
  const aliases = new Set(one.aliases.map(nameKey));
  for (const { id, displayName, aliases: theirs } of others) {
    if (id === one.id) continue;
    const taken = new Set(theirs.map(nameKey));
    const names = new Set([id, displayName].map(nameKey));
    const name = own.find(
      (each) => taken.has(nameKey(each)) || (aliases.has(nameKey(each)) && names.has(nameKey(each))),
    );
    if (name !== undefined) return { name, customerId: id };
  }
  return null;
}
