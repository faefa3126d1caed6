import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { poll } from '@/lib/poll';
import type { Launcher } from '../launcher';
import { JobSpec } from '../model';
import { specFingerprint } from '../name';
import { shortHash } from '../template';
import { commandOf, environmentOf, faultOf } from './command';
import { JobFolder, jobsDirOf } from './folder';
import { statusOf } from './status';
import { stopJob } from './stop-job';

const startWithinMs = 30_000;

export type ProcessLauncherOptions = {
  config: Config;
  log: Log;
  /** The folder of the bundles; by default `dist` in the working directory. */
  distDir?: string;
  /** The time between SIGTERM and SIGKILL; by default 5 s. */
  graceMs?: number;
};

/**
 * Jobs as detached local processes, each with a folder `<dataDir>/jobs/<name>` for spec, log and end. A Job survives
 * its launcher: any launcher of the data folder sees, adopts and stops it. `JobFolder` is the fence of a name.
 */
export function createProcessLauncher(options: ProcessLauncherOptions): Launcher {
  const { config, log } = options;
  const distDir = resolve(options.distDir ?? 'dist');
  const graceMs = options.graceMs ?? 5_000;
  const jobsDir = jobsDirOf(config.dataDir);
  const folderOf = (name: string) => new JobFolder(jobsDir, name);
  const commandFor = (spec: JobSpec) => commandOf(config, distDir, spec.kind);
  const runner = [process.execPath, resolve(distDir, 'job-runner.mjs')];

  return {
    platform: 'process',

    async launch(given) {
      const spec = JobSpec.parse(given);
      const folder = folderOf(spec.name);
      await mkdir(jobsDir, { recursive: true, mode: 0o700 });
      const created = await folder.create(spec);
      const existing = created ? spec : await folder.readSpec();
      if (!existing || specFingerprint(existing) !== specFingerprint(spec)) {
        throw new AppError('conflict', `A Job named ${spec.name} already exists with another order.`);
      }
      if ((await folder.readClaim()) === null) {
        const command = [...runner, folder.path, String(graceMs), ...commandFor(spec)];
        await start(folder, command, environmentOf(config, spec));
      }
      log.info({ job: spec.name, kind: spec.kind, created }, created ? 'job launched' : 'job adopted');
      return { outcome: created ? 'launched' : 'adopted' };
    },

    inspect: (names) => Promise.all(names.map((name) => statusOf(jobsDir, name, graceMs))),
    logs: (name, tailLines) => folderOf(name).logTail(tailLines),
    stop: (name) => stopJob(folderOf(name), graceMs),

    async preview(spec) {
      const path = config.jobs.inherited.PATH ?? '';
      const fault = faultOf(runner, path) ?? faultOf(commandFor(spec), path);
      if (fault) return { verdict: 'fail', sentence: fault };
      return {
        verdict: 'pass',
        sentence: `The ${spec.kind} Job runs here as a local process: ${commandFor(spec).join(' ')}.`,
      };
    },

    async template() {
      // NOTE: this process may run another Node than the worker, whose Node the Job will run.
      const told = (kind: JobSpec['kind']) =>
        shortHash(commandOf(config, distDir, kind).map((word) => (word === process.execPath ? 'node' : word)));
      return { 'labeler’s command': told('relabel'), 'command of backup and delete Jobs': told('delete') };
    },

    async scheduledLabelerRunning() {
      const own = config.given.clickhouse === null;
      return own
        ? { running: false, sentence: 'Jobs run as local processes here, and no labeler is scheduled.' }
        : {
            running: null,
            sentence:
              'Jobs run as local processes here, so it cannot be checked whether a labeler is scheduled elsewhere for this ClickHouse.',
          };
    },

    check: async () => ({
      platform: 'process',
      cluster: null,
      namespace: null,
      account: null,
      allFound: 'Jobs run as processes on this machine.',
      findings: [],
      template: null,
    }),

    async close() {},
  };
}

/** Starts the wrapper, detached, and waits until it or another wrapper has claimed the Job. */
async function start(folder: JobFolder, [program = '', ...args]: string[], env: Record<string, string>): Promise<void> {
  const output = await open(folder.logPath, 'a');
  const wrapper = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { ...env, NODE_ENV: 'production', [folder.marker.name]: folder.marker.value },
  });
  let ended = false;
  wrapper.once('exit', () => {
    ended = true;
  });
  wrapper.once('error', () => {
    ended = true;
  });
  wrapper.unref();
  await output.close();
  const isTaken = async () => (await folder.readClaim()) !== null;
  await poll({ firstMs: 10, mostMs: 50, withinMs: startWithinMs }, async () =>
    ended || (await isTaken()) ? true : null,
  );
  if (await isTaken()) return;
  throw new AppError('unavailable', 'The Job could not be started on this machine. Launching it again is safe.', {
    cause: new Error(await folder.logTail(20)),
  });
}
