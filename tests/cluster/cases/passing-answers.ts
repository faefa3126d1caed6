import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobSpec } from '@/lib/jobs/model';
import { type accountsStage, namespace, spec } from '../support/accounts';
import { faults, passingServer } from '../support/passing-server';
import { cronJob } from './cron-job';

/** What the launcher itself asks of Kubernetes, each call failing once in passing. */
export function passingAnswerCases(stage: ReturnType<typeof accountsStage>): void {
  let server: Awaited<ReturnType<typeof passingServer>> | undefined;
  beforeAll(async () => {
    await stage.kubectl(['-n', namespace, 'create', '-f', '-'], cronJob());
    server = await passingServer(stage.cluster, join(stage.dataDir, 'cluster', 'pki'));
  });
  afterAll(() => server?.close());

  describe.each(faults)('every call to Kubernetes that is once answered with %s', (_, fault) => {
    it('is asked again: a Job is previewed, launched once, looked at and stopped', async () => {
      server?.meet(fault);
      const launcher = await stage.launcherWith(await stage.workerToken(), server?.url);
      const job: JobSpec = {
        ...spec,
        name: `relabel-2026-02-10-${faults.findIndex(([, one]) => one === fault)}123456789`,
      };
      expect(await launcher.template()).toMatchObject({ 'labeler’s container': 'sync-users' });
      expect(await launcher.scheduledLabelerRunning()).toMatchObject({ running: false });
      expect(await launcher.preview(job)).toMatchObject({ verdict: 'pass' });
      expect((await launcher.launch(job)).outcome).toMatch(/launched|adopted/);
      expect(await launcher.launch(job)).toEqual({ outcome: 'adopted' });
      const [status] = await launcher.inspect([job.name]);
      expect(status).toMatchObject({ state: 'pending' });
      await launcher.logs(job.name, 5);
      await launcher.stop(job.name);
      expect((await launcher.inspect([job.name]))[0]?.state).toBe('unknown');
      const { findings } = await launcher.check();
      expect(findings.filter((one) => one.status === 'failed')).toEqual([]);
      expect(server?.met()).toEqual(
        expect.arrayContaining([
          `POST /apis/batch/v1/namespaces/${namespace}/jobs`,
          `POST /apis/batch/v1/namespaces/${namespace}/jobs as a dry run`,
          `GET /apis/batch/v1/namespaces/${namespace}/jobs/${job.name}`,
          `DELETE /apis/batch/v1/namespaces/${namespace}/jobs/${job.name}`,
          `GET /api/v1/namespaces/${namespace}/pods`,
        ]),
      );
    });
  });
}
