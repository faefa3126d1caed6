import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

export const insertAttempt = pgStatement({
  name: 'auth.insert_attempt',
  text: `
    INSERT INTO sign_in_attempts (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
    VALUES (:stateHash, :browserHash, :nonce, :verifier, :returnTo, now() + make_interval(secs => :seconds))`,
  params: z.object({
    stateHash: z.instanceof(Buffer),
    browserHash: z.instanceof(Buffer),
    nonce: z.string(),
    verifier: z.string(),
    returnTo: z.string(),
    seconds: z.number(),
  }),
  row: z.never(),
});

/** Takes an attempt, once: of two answers with one state the second finds nothing. */
export const takeAttempt = pgStatement({
  name: 'auth.take_attempt',
  text: `
    DELETE FROM sign_in_attempts
    WHERE state_hash = :stateHash AND browser_hash = :browserHash AND now() < expires_at
    RETURNING nonce, verifier, return_to`,
  params: z.object({ stateHash: z.instanceof(Buffer), browserHash: z.instanceof(Buffer) }),
  row: z
    .object({ nonce: z.string(), verifier: z.string(), return_to: z.string() })
    .transform(({ return_to, ...row }) => ({ ...row, returnTo: return_to })),
});
