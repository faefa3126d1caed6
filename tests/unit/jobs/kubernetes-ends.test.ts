import { describe, expect, it } from 'vitest';
import { endedPassing } from '@/lib/backfill/repair/passing-end';
import { statusWithoutJob } from '@/lib/jobs/kubernetes/status';
import { at, ended, job, labeler, labelerThat, pod, running, seen, waits } from './recorded-objects';

const failed = labelerThat('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
const over = (reason: string, message: string) => ({ status: { phase: 'Failed', reason, message } });
const disrupted = (reason: string, message: string) => ({
  status: { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message }] },
});
const killed = ended(137);
const terminated = (reason: string, message: string, exitCode = 128) => ({
  terminated: { exitCode, reason, message, startedAt: at, finishedAt: at },
});

describe('a Job that failed by what befell its pod', () => {
  it.each([
    [
      'was evicted',
      pod({ labeler: killed }, {}, over('Evicted', 'The node was low on resource: memory.')),
      'Its pod was evicted from the node: The node was low on resource: memory.',
    ],
    [
      'was turned away by its node',
      pod({}, {}, over('OutOfcpu', 'Pod was rejected: Node didn’t have enough resource: cpu')),
      'Its node ended its pod (OutOfcpu): Pod was rejected: Node didn’t have enough resource: cpu.',
    ],
    [
      'ended with its node',
      pod({ labeler: ended(143) }, {}, over('Terminated', 'Pod was terminated in response to imminent node shutdown.')),
      'Its node ended its pod (Terminated): Pod was terminated in response to imminent node shutdown.',
    ],
    [
      'made room for another',
      pod({ labeler: ended(143) }, {}, disrupted('PreemptionByScheduler', 'default-scheduler: preempting')),
      'The cluster ended its pod (PreemptionByScheduler): default-scheduler: preempting.',
    ],
    [
      'was on a node that was lost',
      pod(
        { labeler: running },
        {},
        disrupted('DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint'),
      ),
      'The cluster ended its pod (DeletionByTaintManager): Taint manager: deleting due to NoExecute taint.',
    ],
    [
      'was not found again by its node',
      pod({ labeler: terminated('ContainerStatusUnknown', 'The container could not be located', 137) }),
      'Its node lost its container (ContainerStatusUnknown): The container could not be located.',
    ],
    [
      'was deleted',
      pod({ labeler: ended(143) }, {}, { metadata: { deletionTimestamp: at } }),
      'Its pod was deleted while it ran.',
    ],
    [
      'is gone',
      null,
      'Its pod was deleted before its end could be read, by a person or because its node was drained or lost.',
    ],
  ])('because it %s says so, and another may end well', (_, its, sentence) => {
    const status = seen(failed, its);
    expect(status).toMatchObject({ state: 'failed', sentence, passing: true });
    expect(endedPassing(status, '', false)).toBe(true);
    expect(endedPassing({ ...status, exitCode: 3 }, '', true)).toBe(false);
    expect(endedPassing({ ...status, exitCode: 143 }, '', true)).toBe(true);
  });
});

describe('a Job of which nobody knows that it ended', () => {
  const lost = { deletionTimestamp: at };

  it('runs while its container does, though Kubernetes counts it as failed', () => {
    const its = pod({ labeler: running }, {}, { metadata: lost, status: { phase: 'Running' } });
    expect(seen(failed, its)).toMatchObject({
      state: 'running',
      sentence: 'Kubernetes counts it as failed, but its container still runs.',
    });
  });

  it('runs while a pod of its name does, though the Job itself is gone', () => {
    const its = pod({ labeler: running }, {}, { status: { phase: 'Running' } });
    expect(statusWithoutJob('relabel-x', its)).toMatchObject({ name: 'relabel-x', state: 'running' });
    expect(statusWithoutJob('relabel-x', pod({ labeler: ended(0) }))).toMatchObject({
      state: 'unknown',
    });
    expect(statusWithoutJob('relabel-x', null)).toMatchObject({ state: 'unknown' });
  });
});

describe('a Job that failed by itself', () => {
  it.each([
    ['its exit code', failed, pod({ labeler: ended(3) }), 'Failed with exit code 3.'],
    [
      'its exit code, though its pod is being removed',
      failed,
      pod({ labeler: ended(3) }, {}, { metadata: { deletionTimestamp: at } }),
      'Failed with exit code 3.',
    ],
    [
      'its memory',
      failed,
      pod({ labeler: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
      'Ran out of memory and was killed. Raise the container’s memory limit.',
    ],
    [
      'a program that is not in its image',
      failed,
      pod({ labeler: terminated('StartError', 'exec: "label": executable file not found in $PATH') }),
      'Its container could not run (StartError): exec: "label": executable file not found in $PATH.',
    ],
    [
      'the deadline of its pod',
      failed,
      pod({ labeler: running }, {}, over('DeadlineExceeded', 'Pod was active on the node longer than the deadline')),
      'Failed: Pod was active on the node longer than the deadline.',
    ],
    ['its own deadline', labelerThat('Failed', 'DeadlineExceeded'), null, 'Was ended at its deadline.'],
  ])('names %s', (_, of, its, sentence) => {
    const status = seen(of, its);
    expect(status).toMatchObject({ state: 'failed', sentence });
    expect(status).not.toHaveProperty('passing');
  });
});

describe('a Job that has not ended', () => {
  it('names a volume that does not come, by the newest warning about its pod', () => {
    const held = pod({ labeler: waits('ContainerCreating') });
    const warning = 'MountVolume.SetUp failed for volume "ca" : configmap "ca" not found';
    expect(seen(labeler, held, warning)).toMatchObject({
      state: 'pending',
      sentence: `Its pod relabel-x-1 is starting. ${warning}.`,
    });
  });

  it('does not take a sidecar that stays for an init container that runs first', () => {
    const initContainers = [{ name: 'istio-proxy', restartPolicy: 'Always' }, { name: 'wait' }];
    const starting = (init: Record<string, object>) =>
      seen(labeler, pod({ labeler: waits('PodInitializing') }, init, { spec: { containers: [], initContainers } }));
    expect(starting({ 'istio-proxy': running }).sentence).toBe('Its pod relabel-x-1 is starting.');
    expect(starting({ 'istio-proxy': running, wait: running }).sentence).toBe('Its init container wait runs first.');
  });

  it('is named while Kubernetes ends it, and is not said to wait for its pod', () => {
    const ending = labelerThat('FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline');
    expect(seen(ending, null)).toMatchObject({
      state: 'running',
      sentence: 'Kubernetes is ending it: Job was active longer than specified deadline.',
      startedAt: null,
    });
    expect(seen(ending, pod({ labeler: running }))).toMatchObject({
      state: 'running',
      sentence: 'Kubernetes is ending it: Job was active longer than specified deadline.',
      startedAt: Date.parse(at),
    });
    expect(seen(job('relabel', ['labeler']), pod({}, {}, over('OutOfcpu', 'no room')))).toMatchObject({
      state: 'running',
      sentence: 'Its pod ended; Kubernetes is recording how.',
    });
  });
});
