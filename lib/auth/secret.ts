import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits as 43 characters of base64url. */
export const mintSecret = (): string => randomBytes(32).toString('base64url');

/** The stored form of a secret. SHA-256 needs no salt or stretching, since the secret has 256 random bits. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A token for a program. The prefix lets secret scanners find one that leaked. */
export const mintToken = (): string => `slc_${mintSecret()}`;

/** Compares a sent secret with the known one, in a time that does not depend on either. */
export const isSameSecret = (sent: string, known: string): boolean =>
  timingSafeEqual(hashSecret(sent), hashSecret(known));
