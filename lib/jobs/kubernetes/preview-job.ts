import { AppError } from '@/lib/errors';
import type { Json } from '../manifest';
import type { JobPreview, JobSpec } from '../model';
import { KubernetesError } from './api';
import { toAppError } from './failure';
import { strict } from './launch-job';
import type { JobNamespace } from './namespace';
import { isPassing } from './passing';

/** Whether Kubernetes would accept the Job: a dry run of the API server. */
export async function previewJob(namespace: JobNamespace, spec: JobSpec): Promise<JobPreview> {
  let manifest: Json | null = null;
  try {
    const named = { ...spec, name: `${spec.name.slice(0, 52)}-preview` };
    const made = await namespace.patiently(() => namespace.manifestOf(named));
    manifest = made;
    await namespace.patiently(() => namespace.api.post(namespace.jobsPath, made, { ...strict, dryRun: 'All' }));
    return { verdict: 'pass', sentence: `Kubernetes accepts the ${spec.kind} Job in ${namespace.name}.` };
  } catch (error) {
    if (error instanceof AppError) return { verdict: 'fail', sentence: error.message };
    if (!namespace.launches && error instanceof KubernetesError && error.status === 403 && manifest)
      return {
        verdict: 'unknown',
        byWorker: true,
        sentence: `Only the worker may launch Jobs in ${namespace.name}, so the pages cannot check whether Kubernetes accepts the ${spec.kind} Job.`,
      };
    if (error instanceof KubernetesError && error.status === 400 && /does not support dry run/i.test(error.message))
      return {
        verdict: 'pass',
        sentence: `An admission webhook of the cluster allows no dry run (${error.message.slice(0, 200)}). Everything else accepts the ${spec.kind} Job. Whether the webhook does is known only when it is launched.`,
      };
    if (error instanceof KubernetesError && !isPassing(error))
      return { verdict: 'fail', sentence: `Kubernetes refuses the ${spec.kind} Job: ${error.message.slice(0, 500)}` };
    namespace.log.warn({ err: error }, 'a job could not be previewed');
    return { verdict: 'unknown', sentence: toAppError(error).message };
  }
}
