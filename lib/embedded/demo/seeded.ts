import { createHash } from 'node:crypto';

/** A number in [0, below) that depends only on the parts. */
export function seeded(below: number, ...parts: (string | number)[]): number {
  return createHash('sha256').update(parts.join('\u0000')).digest().readUInt32BE(0) % below;
}

/** An id in the form of a UUID that depends only on the parts. */
export function seededId(...parts: (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
