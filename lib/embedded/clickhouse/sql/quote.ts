/** A SQL string literal. */
export const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;

/** A quoted identifier. */
export const identifier = (name: string): string => `\`${name.replace(/[\\`]/g, '\\$&')}\``;
