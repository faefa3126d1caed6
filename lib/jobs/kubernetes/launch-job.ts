import { AppError } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import { fingerprintAnnotation, managedBy } from '../manifest';
import type { JobSpec, LaunchResult } from '../model';
import { specFingerprint } from '../name';
import { KubernetesError } from './api';
import { isAbsent, type JobNamespace } from './namespace';
import { isFinished, type JobObject } from './objects';
import { isPassing } from './passing';

const stopWithinMs = 300_000;
const lookEveryMs = 250;

/** A Job with a field that the API server does not know is refused, and not made without it. */
export const strict = { fieldValidation: 'Strict' };

/**
 * The name of a Job is its fence: an existing Job with the same fingerprint is adopted, any other is refused with
 * AppError('conflict'). If no answer came, the name is looked up before anything else happens. See
 * docs/clickhouse-facts.md#names-as-fences.
 */
export async function launchJob(namespace: JobNamespace, spec: JobSpec): Promise<LaunchResult> {
  const existing = await namespace.find(spec.name);
  if (existing) return adopt(existing, spec, namespace.name);
  const manifest = await namespace.manifestOf(spec);
  try {
    await namespace.api.post(namespace.jobsPath, manifest, strict);
  } catch (error) {
    const taken = error instanceof KubernetesError && error.reason === 'AlreadyExists';
    if (!taken && !isPassing(error)) throw error;
    const made = await namespace.find(spec.name);
    if (made) return adopt(made, spec, namespace.name);
    if (!taken) throw error;
    const sentence = `A Job named ${spec.name} was in ${namespace.name} and is gone.`;
    throw new AppError('unavailable', sentence, { cause: error });
  }
  namespace.log.info({ job: spec.name, kind: spec.kind, namespace: namespace.name }, 'job launched');
  return { outcome: 'launched' };
}

function adopt(job: JobObject, spec: JobSpec, namespace: string): LaunchResult {
  const same = job.metadata.annotations[fingerprintAnnotation] === specFingerprint(spec);
  // NOTE: one that is being deleted is adopted too and watched to its end. The data show what it did.
  if (same) return { outcome: 'adopted' };
  throw new AppError('conflict', `A Job named ${spec.name} already exists in ${namespace} with another order.`);
}

/** Whether a Job is ours, and not another's with the same name. */
const isOurs = ({ metadata }: JobObject): boolean => metadata.labels[managedBy.label] === managedBy.value;

/** Returns when nothing of the Job runs any more. Throws AppError('unavailable') after five minutes. */
export async function stopJob(namespace: JobNamespace, name: string): Promise<void> {
  const job = await namespace.find(name);
  if (!job || !isOurs(job) || isFinished(job)) return;
  const { uid } = job.metadata;
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground', preconditions: { uid } };
  const ended = await poll({ ...every(lookEveryMs), withinMs: stopWithinMs }, async () => {
    const there = await namespace.find(name);
    const isThere = there?.metadata.uid === uid;
    if (!isThere && (await namespace.podsOf([name])).length === 0) return true;
    // NOTE: a conflict means another uid or another writer. The next look shows which.
    if (isThere && !there.metadata.deletionTimestamp)
      await namespace.api.remove(`${namespace.jobsPath}/${name}`, body).catch((error) => {
        if (!isAbsent(error) && !isPassing(error)) throw error;
      });
    return null;
  });
  if (!ended) throw new AppError('unavailable', `Kubernetes has not ended the Job ${name} within 5 minutes.`);
}
