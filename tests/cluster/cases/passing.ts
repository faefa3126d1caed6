import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { namespace } from '../../../local-cluster/console.mjs';
import { until } from '../../support/until';
import { faults, passingServer } from '../support/passing-server';
import { type Here, verified } from './here';

const Processes = z.object({ children: z.array(z.object({ name: z.string(), pid: z.number() })) });
const Named = z.looseObject({ name: z.string() });
const Kubeconfig = z.looseObject({
  clusters: z.array(Named.extend({ cluster: z.looseObject({ server: z.string() }) })),
  contexts: z.array(Named.extend({ context: z.looseObject({ cluster: z.string() }) })),
});
type Kubeconfig = z.infer<typeof Kubeconfig>;

/** The worker's context leads through the server at `url`; that of the pages and of the command line stays. */
function through(url: string, config: Kubeconfig): Kubeconfig {
  const added = config.clusters.map((one) => ({ ...one, name: 'passing', cluster: { ...one.cluster, server: url } }));
  const contexts = config.contexts.map((one) =>
    one.name === 'slc-worker' ? { ...one, context: { ...one.context, cluster: 'passing' } } : one,
  );
  return { ...config, clusters: [...config.clusters, ...added], contexts };
}

/** Whole repairs while what the worker asks of Kubernetes fails in passing. */
export function passingCases(here: () => Here): void {
  describe('a run in which every call to Kubernetes is once answered', () => {
    let server: Awaited<ReturnType<typeof passingServer>>;
    let before: string;

    /** The supervisor starts the worker again, which reads the kubeconfig as it is then. */
    async function restartWorker(): Promise<void> {
      const pid = () =>
        Processes.parse(JSON.parse(readFileSync(join(here().on.dataDir, 'processes.json'), 'utf8'))).children.find(
          ({ name }) => name === 'worker',
        )?.pid;
      const old = pid();
      if (old === undefined) throw new Error('there is no worker');
      process.kill(old, 'SIGKILL');
      await until('another worker runs', () => pid() !== undefined && pid() !== old);
    }

    beforeAll(async () => {
      const { cluster, dataDir, kubeconfig } = here().on;
      server = await passingServer(cluster, join(dataDir, 'cluster', 'pki'));
      before = readFileSync(kubeconfig, 'utf8');
      writeFileSync(kubeconfig, JSON.stringify(through(server.url, Kubeconfig.parse(JSON.parse(before)))));
      await restartWorker();
    });
    afterAll(async () => {
      writeFileSync(here().on.kubeconfig, before);
      await restartWorker();
      server.close();
    });

    it.each(faults)('with %s ends verified by itself, with one Job a kind', async (_, fault) => {
      await here().hold('check');
      const { ended } = await here().repair();
      await here().held('check');
      server.meet(fault);
      await here().release('check');
      expect(await ended).toMatchObject(verified);
      const met = server.met();
      server.meet(null);
      expect(await here().kinds()).toEqual(['backup', 'delete', 'relabel']);
      const batch = `/apis/batch/v1/namespaces/${namespace}`;
      const jobs = (await here().jobs()).map(({ metadata }) => `GET ${batch}/jobs/${metadata.name}`);
      expect(met).toEqual(
        expect.arrayContaining([
          ...jobs,
          `GET ${batch}/jobs`,
          `POST ${batch}/jobs`,
          `GET ${batch}/cronjobs/cron-label-conversations`,
          `GET ${batch}/cronjobs/slc-job`,
          `POST ${batch}/jobs as a dry run`,
          `GET /api/v1/namespaces/${namespace}/pods`,
        ]),
      );
      expect(met.filter((call) => call.endsWith('/log'))).toHaveLength(3);
    });
  });
}
