import { z } from 'zod';
import type { Progress } from './model';

/** Bytes that the mutations of a unit have to do on each host; a host that has none is absent. */
export const MutationSample = z.object({
  atMs: z.number(),
  hosts: z.array(z.object({ host: z.string(), bytes: z.number().min(0) })),
});
export type MutationSample = z.infer<typeof MutationSample>;

const samplesMost = 16;

const totalOf = ({ hosts }: MutationSample) => hosts.reduce((sum, { bytes }) => sum + bytes, 0);

/** The samples with one more: the last one before anything was done, the newest, and some between them. */
export function withSample(samples: readonly MutationSample[], newest: MutationSample): MutationSample[] {
  const kept = samples.filter(({ atMs }) => atMs < newest.atMs);
  if (kept.every((sample) => totalOf(sample) <= totalOf(newest))) return [newest];
  return [...(kept.length < samplesMost ? kept : kept.filter((_, at) => at % 2 === 0)), newest];
}

/** A mutation that was not looked at for this long may have gone on or not. */
const staleMs = 60_000;

/**
 * How far the mutations of a unit are on one host, in bytes of the parts that hold rows of it. The pace is counted from
 * the sample before the first part was done, so that waiting for other work is no part of it. Null where no bytes were
 * read.
 */
export function mutationProgressOn(host: string, samples: readonly MutationSample[], nowMs: number): Progress | null {
  const seen = samples.map(({ atMs, hosts }) => ({ atMs, bytes: hosts.find((one) => one.host === host)?.bytes ?? 0 }));
  const newest = seen.at(-1);
  const of = Math.max(0, ...seen.map(({ bytes }) => bytes));
  const began = seen.findLast(({ bytes }) => bytes === of);
  if (!newest || !began || of === 0) return null;
  const done = of - newest.bytes;
  const seconds = (newest.atMs - began.atMs) / 1_000;
  const isKnown = done > 0 && seconds > 0 && nowMs - newest.atMs < staleMs;
  return { done, of, secondsLeft: isKnown ? (newest.bytes * seconds) / done : null };
}

/** The same on all hosts: they work side by side, so the slowest one decides. Null where one of them is not known. */
export function mutationProgress(samples: readonly MutationSample[], nowMs: number): Progress | null {
  const hosts = [...new Set(samples.flatMap((sample) => sample.hosts.map(({ host }) => host)))];
  const each = hosts.flatMap((host) => mutationProgressOn(host, samples, nowMs) ?? []);
  if (each.length === 0) return null;
  const left = each.map(({ secondsLeft }) => secondsLeft);
  return {
    done: each.reduce((sum, { done }) => sum + done, 0),
    of: each.reduce((sum, { of }) => sum + of, 0),
    secondsLeft: left.every((seconds) => seconds !== null) ? Math.max(...left) : null,
  };
}
