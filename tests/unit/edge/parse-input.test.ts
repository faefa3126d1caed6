import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput } from '@/lib/edge/parse-input';

describe('what is missing in a request', () => {
  const schema = z.object({ customer: z.string(), day: z.string({ error: 'Name a day.' }) });

  it('is told in words, or in those of its schema', () => {
    expect(() => parseInput(schema, { customer: 'contoso' })).toThrow(/^Name a day\.$/);
    expect(() => parseInput(schema, { day: '2026-02-10' })).toThrow(
      'The request is not usable. customer: This is missing.',
    );
  });

  it('is not what is there and of another kind', () => {
    expect(() => parseInput(schema, { customer: 7, day: 'x' })).toThrow('expected string, received number');
  });
});
