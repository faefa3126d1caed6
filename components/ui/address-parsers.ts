/** How a value of a page is written in its address. `fallback` is what it is without one, and is then not written. */
export type Parser<T, Shown = T | null> = {
  parse: (text: string) => T | null;
  serialize: (value: T) => string;
  fallback: T | null;
  throttleMs: number;
  withDefault: (value: T) => Parser<T, T>;
  /** `throttleMs`: what is typed is written at most so often. */
  withOptions: (options: { throttleMs: number }) => Parser<T, Shown>;
};

// biome-ignore lint/suspicious/noExplicitAny: the parsers of one page are of several types.
export type Parsers = Record<string, Parser<any, any>>;

/** What the page has of its address. */
export type ValuesOf<P extends Parsers> = {
  [Name in keyof P]: P[Name] extends Parser<infer _, infer Shown> ? Shown : never;
};

/** What it writes; null takes it out of the address. */
export type ChangeOf<P extends Parsers> = {
  [Name in keyof P]?: (P[Name] extends Parser<infer T, infer _> ? T : never) | null;
};

function parser<T, Shown = T | null>(
  parse: (text: string) => T | null,
  serialize: (value: T) => string,
  fallback: T | null = null,
  throttleMs = 0,
): Parser<T, Shown> {
  return {
    parse,
    serialize,
    fallback,
    throttleMs,
    withDefault: (value) => parser<T, T>(parse, serialize, value, throttleMs),
    withOptions: (options) => parser<T, Shown>(parse, serialize, fallback, options.throttleMs),
  };
}

export const parseAsString = parser<string>((text) => text, String);
export const parseAsInteger = parser<number>((text) => {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? null : value;
}, String);
export const parseAsBoolean = parser<boolean>((text) => text.toLowerCase() === 'true', String);

/** One of some words. */
export const parseAsStringLiteral = <T extends string>(words: readonly T[]): Parser<T> =>
  parser<T>((text) => words.find((word) => word === text) ?? null, String);

const comma = encodeURIComponent(',');

/** A list with commas; a comma in one of it is written encoded. */
export const parseAsArrayOf = <T>(item: Parser<T>): Parser<T[]> =>
  parser<T[]>(
    (text) => (text === '' ? [] : text.split(',').flatMap((one) => item.parse(one.replaceAll(comma, ',')) ?? [])),
    (values) => values.map((one) => item.serialize(one).replaceAll(',', comma)).join(','),
  );
