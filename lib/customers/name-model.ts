/** Characters of ids that are taken for one another; upper case is taken for lower before. */
const shapes: [RegExp, string][] = [
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/[._-]+/g, '-'],
];

const shapeOf = (id: string): string => shapes.reduce((text, [from, to]) => text.replace(from, to), id.toLowerCase());

/** The id among `taken` that a person would take for `id`: other case, 0 for O, 1 for l, another dash; or null. */
export function lookalikeOf(id: string, taken: readonly string[]): string | null {
  return taken.find((other) => other !== id && shapeOf(other) === shapeOf(id)) ?? null;
}

const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u];

/** True where a word mixes alphabets that share shapes, as a Cyrillic letter within a Latin name. */
export const mixesAlphabets = (text: string): boolean =>
  text.split(/[^\p{L}\p{M}]+/u).some((word) => scripts.filter((script) => script.test(word)).length > 1);

/** True for text with characters that are not seen, or that turn the text around them. */
export const hidesCharacters = (text: string): boolean =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
