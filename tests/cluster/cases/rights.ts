import { describe, expect, it } from 'vitest';
import { namespace } from '../../../local-cluster/console.mjs';
import type { Here } from './here';

export function rightsCases(here: () => Here): void {
  describe('what is not granted', () => {
    const as = (account: string, args: string[]) =>
      here().on.cluster.kubectl(['--kubeconfig', here().on.kubeconfig, '--context', account, '-n', namespace, ...args]);
    const right = (given: string) => given.split(' ');

    it.each(['slc-web', 'slc-worker'])('is refused to %s', async (account) => {
      const granted = {
        'slc-web': ['list jobs', 'get jobs', 'get cronjobs/cron-label-conversations', 'list pods', 'get pods/log'],
        'slc-worker': ['create jobs', 'delete jobs', 'list jobs', 'list events', 'get pods/log', 'list pods'],
      }[account];
      const others = [
        'create pods',
        'create pods/exec',
        'delete pods',
        'get secrets',
        'list secrets',
        'get configmaps',
        'list cronjobs',
        'update cronjobs',
        'patch jobs',
        'create serviceaccounts/token',
        'create rolebindings',
        'list jobs -A',
        'list nodes',
        ...(account === 'slc-web' ? ['create jobs', 'delete jobs', 'list events'] : []),
      ];
      const answers = async (rights: string[]) =>
        Promise.all(
          rights.map(async (each) => [
            each,
            (await as(account, ['auth', 'can-i', '-q', ...canI(right(each))])).code === 0,
          ]),
        );
      expect(await answers(granted ?? [])).toEqual((granted ?? []).map((each) => [each, true]));
      expect(await answers(others)).toEqual(others.map((each) => [each, false]));
    });

    it('is answered with a refusal, not only said to be: a Job by the pages, a Secret by the worker', async () => {
      const made = await as('slc-web', ['create', 'job', 'sneaky', '--image=stale-label-console']);
      expect(made.stderr).toContain('slc-web" cannot create resource "jobs"');
      const read = await as('slc-worker', ['get', 'secret', 'slc-clickhouse-deleter']);
      expect(read.stderr).toContain('slc-worker" cannot get resource "secrets"');
    });
  });
}

/** `kubectl auth can-i` takes a subresource as an option. */
function canI([verb = '', resource = '', ...rest]: string[]): string[] {
  const [name = '', sub] = resource.split('/');
  if (sub === undefined || name === 'cronjobs') return [verb, resource, ...rest];
  return [verb, name, `--subresource=${sub}`, ...rest];
}
