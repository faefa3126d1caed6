import { describe, expect, it } from 'vitest';
import { labelerTemplate, labelerVariables } from '@/lib/jobs/manifest';
import { shortHash, templateDifferences, withoutOwnParts } from '@/lib/jobs/template';

type Changes = { container?: object; pod?: object; job?: object; template?: object };
const cronJob = ({ container, pod, job, template }: Changes = {}) => ({
  metadata: { name: 'cron', resourceVersion: '1' },
  spec: {
    schedule: '*/30 * * * *',
    jobTemplate: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'label',
                image: 'labeler:1',
                args: ['label'],
                env: [
                  { name: labelerVariables[0], value: 'one' },
                  { name: 'MODE', value: 'fast' },
                ],
                resources: { limits: { memory: '1Gi' } },
                ...container,
              },
            ],
            ...pod,
          },
          ...template,
        },
        ...job,
      },
    },
  },
});
const of = (changes?: Changes) => labelerTemplate(cronJob(changes), null);
const env = (...entries: object[]) => ({ container: { env: entries } });

describe('the template of relabel Jobs', () => {
  it.each<[string, Changes, string]>([
    ['image', { container: { image: 'labeler:2' } }, 'The labeler’s image is now labeler:2, not labeler:1.'],
    ['command', { container: { args: ['label', '--all'] } }, 'The labeler’s command changed.'],
    ['variable', env({ name: 'MODE', value: 'slow' }), 'The labeler’s environment changed.'],
    ['memory', { container: { resources: {} } }, 'The labeler’s resources changed.'],
    ['container’s name', { container: { name: 'main' } }, 'The labeler’s container is now main, not label.'],
    ['account', { pod: { serviceAccountName: 'x' } }, 'The rest of the CronJob’s Job template changed.'],
    ['a mount', { container: { volumeMounts: [] } }, 'The rest of the CronJob’s Job template changed.'],
    ['Job', { job: { completions: 2 } }, 'The rest of the CronJob’s Job template changed.'],
  ])('differs when its %s does, and says so', (_, changes, sentence) => {
    expect(templateDifferences(of(), of(changes))).toEqual({ labeler: [sentence], own: [] });
  });

  it('tells what a new release changes of own Jobs from what changes the labeler, and compares no part that a release lacks', () => {
    const seen = { ...of(), 'image of backup and delete Jobs': 'console:1', 'part of old': 'x' };
    const now = { ...of(), 'image of backup and delete Jobs': 'console:2', 'part of tomorrow': 'y' };
    expect(templateDifferences(seen, now)).toEqual({
      labeler: [],
      own: ['The image of backup and delete Jobs is now console:2, not console:1.'],
    });
    expect(shortHash(withoutOwnParts(of()))).toBe(
      shortHash(withoutOwnParts({ ...of(), 'image of backup and delete Jobs': 'console:2' })),
    );
  });

  it('does not differ by the three variables that each Job replaces, nor by the order of fields', () => {
    const other = env({ name: labelerVariables[0], value: 'two' }, { name: 'MODE', value: 'fast' });
    expect(templateDifferences(of(), of(other))).toEqual({ labeler: [], own: [] });
    expect(shortHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(shortHash({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(shortHash([1, 2])).not.toBe(shortHash([2, 1]));
  });
});
