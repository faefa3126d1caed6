import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits as 43 characters of base64url. */
export const mintSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret: SHA-256 needs no salt or stretching where the secret itself is 256 random bits. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A machine's token; the prefix lets secret scanners find one that leaked. */
export const mintToken = (): string => `slc_${mintSecret()}`;

/** Compares a sent secret with the one that is known, in a time that tells nothing of it. */
export const isSameSecret = (sent: string, known: string): boolean =>
  timingSafeEqual(hashSecret(sent), hashSecret(known));
