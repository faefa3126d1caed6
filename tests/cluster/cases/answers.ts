import { z } from 'zod';

/** A Job, as kubectl shows it. */
export const Job = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
  status: z.object({
    succeeded: z.number().optional(),
    failed: z.number().optional(),
    active: z.number().optional(),
  }),
});
export type Job = z.infer<typeof Job>;
/** A run, as the command line shows it. */
export const Run = z.object({
  id: z.string(),
  status: z.string(),
  stopped: z.object({ failure: z.string() }).nullable(),
});
export type Run = z.infer<typeof Run>;

/** The run that a command printed. Throws what it said where that is none. */
export function runOf({ stdout, stderr }: { stdout: string; stderr: string }): Run {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`${stdout}${stderr}`);
  return Run.parse(JSON.parse(last));
}
