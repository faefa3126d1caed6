import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The deployment id that Next gets from the environment of a build or a start. */
async function deploymentIdWith(commit: string): Promise<string | undefined> {
  vi.stubEnv('SLC_COMMIT', commit);
  const { default: config } = await import('@/next.config.js');
  return config.deploymentId;
}

describe('the id of a deployment, by which a page of another release loads whole', () => {
  it('is the commit that an image was built of, in its build and in its start', async () => {
    expect(await deploymentIdWith('0123456789abcdef0123456789abcdef01234567')).toBe('0123456789ab');
    const stages = readFileSync('Dockerfile', 'utf8').split(/^FROM /m);
    const set = stages.filter((stage) => /SLC_COMMIT=\$\{COMMIT\}/.test(stage));
    expect(set).toHaveLength(2);
  });

  it.each(['', 'unknown'])(
    'is none where the commit is "%s", since two such are not the same release',
    async (commit) => {
      expect(await deploymentIdWith(commit)).toBeUndefined();
    },
  );
});
