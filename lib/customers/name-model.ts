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
