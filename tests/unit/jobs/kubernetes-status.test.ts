import { describe, expect, it } from 'vitest';
import { KubernetesError } from '@/lib/jobs/kubernetes/api';
import { toAppError } from '@/lib/jobs/kubernetes/failure';
import { containerOf, JobObject } from '@/lib/jobs/kubernetes/objects';
import { isPassing } from '@/lib/jobs/kubernetes/passing';
import { at, ended, job, labeler, labelerThat, pod, running, seen, waits } from './recorded-objects';

describe('a Job whose pods get a sidecar from an admission webhook', () => {
  it('has the container it was made with, its own kinds the one called job', () => {
    expect(containerOf(labeler, null)).toBe('labeler');
    expect(containerOf(job('relabel', ['proxy', 'labeler']), 'labeler')).toBe('labeler');
    expect(containerOf(job('delete', ['log-shipper', 'job']), null)).toBe('job');
  });

  it('runs as long as its container does, not the sidecar', () => {
    expect(seen(labeler, pod({ 'istio-proxy': running, labeler: running }))).toMatchObject({ state: 'running' });
    expect(seen(labeler, pod({ 'istio-proxy': running, labeler: waits('ContainerCreating') })).state).toBe('pending');
  });

  it('is over with its container, while the sidecar runs on', () => {
    expect(seen(labeler, pod({ 'istio-proxy': running, labeler: ended(0) }))).toMatchObject({
      ...{ state: 'succeeded', exitCode: 0, endedAt: Date.parse(at) },
      sentence: 'Ended well; istio-proxy still runs beside it.',
    });
    expect(seen(labeler, pod({ 'istio-proxy': running, labeler: ended(3) }))).toMatchObject({
      ...{ state: 'failed', exitCode: 3 },
      sentence: 'Failed with exit code 3; istio-proxy still runs beside it.',
    });
  });

  it('has the exit code of its container, whatever the sidecar’s is', () => {
    const failed = labelerThat('Failed', 'BackoffLimitExceeded');
    expect(seen(failed, pod({ labeler: ended(0), 'istio-proxy': ended(1) }))).toMatchObject({
      ...{ state: 'succeeded', exitCode: 0 },
    });
    expect(seen(failed, pod({ labeler: ended(7), 'istio-proxy': ended(1) }))).toMatchObject({
      ...{ state: 'failed', exitCode: 7, sentence: 'Failed with exit code 7.' },
    });
  });
});

describe('a Job that does not start', () => {
  it.each([
    [
      'an init container whose image does not come',
      pod({ labeler: waits('PodInitializing') }, { 'istio-init': waits('ImagePullBackOff', 'not found') }),
      'Its init container’s (istio-init) image cannot be pulled (ImagePullBackOff): not found.',
    ],
    [
      'an init container that fails again and again',
      pod({ labeler: waits('PodInitializing') }, { wait: waits('CrashLoopBackOff', 'back-off 20s') }),
      'Its init container wait does not start (CrashLoopBackOff): back-off 20s.',
    ],
    [
      'an init container that runs',
      pod({ labeler: waits('PodInitializing') }, { wait: running }),
      'Its init container wait runs first.',
    ],
    [
      'a sidecar whose image does not come',
      pod({ labeler: waits('ContainerCreating'), 'istio-proxy': waits('ErrImagePull', 'denied') }),
      'Its sidecar’s (istio-proxy) image cannot be pulled (ErrImagePull): denied.',
    ],
    [
      'its own image',
      pod({ labeler: waits('ErrImagePull', 'denied') }),
      'Its image cannot be pulled (ErrImagePull): denied.',
    ],
  ])('names %s', (_, its, sentence) => {
    expect(seen(labeler, its)).toMatchObject({ state: 'pending', sentence });
  });

  it('says that it is suspended, and which init container failed', () => {
    const suspended = JobObject.parse({ ...labeler, spec: { ...labeler.spec, suspend: true } });
    expect(seen(suspended, null)).toMatchObject({
      state: 'pending',
      sentence: 'Is suspended: a queue of the cluster, or a person, has not let it start yet.',
    });
    const failed = labelerThat('Failed', 'BackoffLimitExceeded');
    expect(seen(failed, pod({ labeler: waits('PodInitializing') }, { wait: ended(2) })).sentence).toBe(
      'Its init container wait failed with exit code 2.',
    );
  });
});

describe('an answer of the API server', () => {
  it.each([
    [409, 'Conflict', 'Operation cannot be fulfilled on resourcequotas "q": the object has been modified'],
    [429, 'TooManyRequests', 'too many requests'],
    [500, 'InternalError', 'etcdserver: leader changed'],
    [503, '', 'no endpoints'],
    [504, 'Timeout', 'request did not complete'],
  ])('%i %s passes', (status, reason, message) => {
    const error = new KubernetesError(status, reason, message);
    expect(isPassing(error)).toBe(true);
    expect(toAppError(error).code).toBe('unavailable');
  });

  it('that names a taken name or a missing right is one that lasts; a full quota empties', () => {
    expect(isPassing(new KubernetesError(409, 'AlreadyExists', 'exists'))).toBe(false);
    expect(toAppError(new KubernetesError(403, 'Forbidden', 'may not')).code).toBe('refused');
    const full = new KubernetesError(403, 'Forbidden', 'exceeded quota: q, requested: count/jobs.batch=1');
    expect(toAppError(full)).toMatchObject({ code: 'unavailable', message: expect.stringContaining('for now') });
  });

  it('that is not its own passes, whatever its status, and its page is shown to nobody', () => {
    for (const status of [302, 400, 401, 403, 404]) {
      const error = new KubernetesError(status, '', '<html><title>404 Not Found</title>', { isForeign: true });
      expect(isPassing(error)).toBe(true);
      const message = `Kubernetes does not answer: something in between answered ${status} instead.`;
      expect(toAppError(error)).toMatchObject({ code: 'unavailable', message });
    }
  });

  it('that cannot be read is said to be that, not silence', () => {
    const read = () => JobObject.parse({ metadata: null });
    const message = 'The console cannot read the answer of Kubernetes. The log has the details.';
    expect(toAppError(thrownBy(read))).toMatchObject({ code: 'unavailable', message });
    expect(toAppError(thrownBy(() => JSON.parse('<html>')))).toMatchObject({ code: 'unavailable', message });
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
