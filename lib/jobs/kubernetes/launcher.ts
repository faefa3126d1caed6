import type { Config } from '@/lib/config';
import type { Log } from '@/lib/log';
import type { Launcher } from '../launcher';
import { labelerContainer, labelerTemplate, labelerVariables, ownImage, ownTemplate } from '../manifest';
import { JobSpec } from '../model';
import { kubernetesApi } from './api';
import { connect } from './connect';
import { toAppError } from './failure';
import { launchJob, stopJob } from './launch-job';
import { logsOf, statusesOf } from './look-at-jobs';
import { JobNamespace } from './namespace';
import { repeated } from './passing';
import { previewJob } from './preview-job';
import { selfCheck } from './self-check';

/**
 * Jobs as Kubernetes Jobs of one namespace; `launchJob` says what fences a name. A process that does not launch
 * (`launches` false) needs no right to create Jobs.
 */
export async function createKubernetesLauncher(config: Config, log: Log, launches = true): Promise<Launcher> {
  const connection = await connect(config);
  const cluster = config.kubernetes.cluster ?? connection.name ?? 'this cluster';
  const api = kubernetesApi(connection);
  const { cronJob, container, jobTemplate } = config.kubernetes;
  const namespace = new JobNamespace(api, { config, log, launches });

  return {
    platform: 'kubernetes',

    async launch(given) {
      const spec = JobSpec.parse(given);
      return namespace.ask(() => launchJob(namespace, spec));
    },
    inspect: (names) => namespace.ask(() => statusesOf(namespace, names, container)),
    logs: (name, tailLines) => namespace.ask(() => logsOf(namespace, { name, tailLines, container })),
    stop: (name) => namespace.ask(() => stopJob(namespace, name)),
    preview: (spec) => previewJob(namespace, spec),

    template: () =>
      namespace.ask(async () => ({
        ...labelerTemplate(await namespace.labelerCronJob(), container),
        ...ownTemplate(await namespace.ownCronJob()),
      })),

    async scheduledLabelerRunning() {
      try {
        const found = await namespace.patiently(() => namespace.labelerCronJob());
        const { status } = found as { status?: { active?: unknown[] } };
        const running = (status?.active ?? []).length > 0;
        return { running, sentence: `The CronJob ${cronJob} is ${running ? 'running now' : 'not running'}.` };
      } catch (error) {
        log.warn({ err: error }, 'the CronJob could not be asked for');
        return {
          running: null,
          sentence: `It is not known whether ${cronJob} is running. ${toAppError(error).message}`,
        };
      }
    },

    check: () =>
      selfCheck({
        api: launches ? repeated(api) : api,
        ...{ log, namespace: namespace.name, cluster, cronJob, jobTemplate, launches },
        ownImage: async () => ownImage(await namespace.ownCronJob()),
        labelerOf: (found) => labelerContainer(found, container),
        envNames: labelerVariables,
        preview: (kind) =>
          previewJob(namespace, { name: 'check', kind, envOverrides: {}, deadlineSeconds: 60, annotations: {} }),
      }),

    close: async () => api.close(),
  };
}
