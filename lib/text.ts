/** What no text store takes: half of a surrogate pair, and the character zero. */
const unstorable = /\p{Surrogate}|\0/gu;

/** True for text that Postgres, ClickHouse and JSON all keep as it is. */
export const isStorable = (text: string): boolean => !new RegExp(unstorable.source, 'u').test(text);

/** The text with a replacement character for what cannot be stored. */
export const storable = (text: string): string => text.replace(unstorable, '\uFFFD');

/** A JSON value with every text in it storable, keys too. */
export function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storableJson(each)]));
}
