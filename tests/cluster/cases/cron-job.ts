export type Change = (container: Record<string, unknown>, pod: Record<string, unknown>) => void;
/** A CronJob whose container is the contract's Job, or what `change` makes of it. */
export const cronJob = (change: Change = () => {}, schedule: object = { schedule: '0 0 1 1 *', suspend: true }) => {
  const container: Record<string, unknown> = {
    name: 'sync-users',
    image: 'contract-job:1',
    env: [
      { name: 'JOB_EXITS', value: '0' },
      { name: 'KEPT', value: 'as it was' },
    ],
  };
  const pod: Record<string, unknown> = {
    restartPolicy: 'OnFailure',
    terminationGracePeriodSeconds: 1,
    containers: [container],
  };
  change(container, pod);
  const template = { metadata: { labels: { team: 'insights' } }, spec: pod };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'cron-label-conversations' },
    spec: { ...schedule, jobTemplate: { spec: { template } } },
  };
};
