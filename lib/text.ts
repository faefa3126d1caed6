/** Characters that no database stores: half of a surrogate pair, and the character zero. */
const unstorable = /\p{Surrogate}|\0/gu;

/** Whether Postgres, ClickHouse and JSON all keep the text unchanged. */
export const isStorable = (text: string): boolean => !new RegExp(unstorable.source, 'u').test(text);

/** The text with a visible character for what cannot be stored: ␀ for the character zero, � for half a pair. */
export const storable = (text: string): string => text.replace(unstorable, (odd) => (odd === '\0' ? '␀' : '\uFFFD'));

/** A JSON value in which every text is storable, also keys. */
function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storableJson(each)]));
}

/** A value as JSON for a `jsonb` column, which refuses an escaped zero as well. */
export const storedJson = (value: unknown): string => JSON.stringify(storableJson(value));

/**
 * Characters that are invisible, move a cursor, or change the direction of text. Joiners stay: scripts and emoji need
 * them.
 */
const hidden =
  /[\p{Cc}\p{Surrogate}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\u{E0000}-\u{E007F}]/gu;

/**
 * Text from data for people, with a visible sign for each such character, ␛ for ESC. With `lines`, lines and tabs stay.
 */
export const visible = (text: string, { lines = false } = {}): string =>
  text.replace(hidden, (odd) => {
    if (lines && (odd === '\n' || odd === '\t')) return odd;
    const code = odd.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\uFFFD';
  });
