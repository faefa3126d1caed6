import { describe, expect, it } from 'vitest';
import { loadConfig } from '@/lib/config';
import { commandOf, wordsOf } from '@/lib/jobs/process/command';

describe('a configured command', () => {
  it('is words, with quotes around those that hold spaces, and never a shell line', () => {
    expect(wordsOf(`/opt/a\\ b "two words" 'and three $HOME' --x="y z" ; rm`)).toEqual([
      '/opt/a\\',
      'b',
      'two words',
      'and three $HOME',
      '--x=y z',
      ';',
      'rm',
    ]);
  });

  it('runs relabels only; every other kind is this project’s own', () => {
    const config = loadConfig({ NODE_ENV: 'test', SLC_DATA_DIR: '/nowhere', SLC_LABELER_COMMAND: 'sync-users label' });
    expect(commandOf(config, '/dist', 'relabel')).toEqual(['sync-users', 'label']);
    expect(commandOf(config, '/dist', 'delete')).toEqual([process.execPath, '/dist/job.mjs', 'delete']);
    const reference = loadConfig({ NODE_ENV: 'test', SLC_DATA_DIR: '/nowhere' });
    expect(commandOf(reference, '/dist', 'relabel')).toEqual([process.execPath, '/dist/labeler.mjs']);
  });
});
