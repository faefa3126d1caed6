import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JobFolder, jobsDirOf } from '@/lib/jobs/process/folder';
import { every, poll } from '@/lib/poll';
import { processesWith } from '@/lib/processes';
import type { Subject } from './customers';
import { containerMarkerOf, type Platform } from './platform';
import { argumentsOf, familyOf, markerOf, send } from './processes';
import type { Fault, FaultKind } from './schedule';
import type { FaultStack, Part } from './stack';

/** How long a fault that needs a running Job waits for one. */
const jobWithinMs = 20_000;
const lookEveryMs = 20;

/** The fault that was injected and how it is lifted; null if there was nothing to hit. */
export type Injected = { what: string; lift: () => Promise<void> } | null;

export type Injection = { stack: FaultStack; subjects: Subject[]; platform: Platform | null };

const nothing = async () => undefined;

/** Injects a fault. `lift` starts or thaws again what it stopped or froze. */
export async function inject(on: Injection, { kind, victim }: Fault): Promise<Injected> {
  const { stack } = on;
  const worker = stack.workers[victim % stack.workers.length];
  if (!worker) throw new Error('there are no workers');
  switch (kind) {
    case 'web killed':
      return endPart(stack.web, 'SIGKILL');
    case 'web frozen':
      return freeze(stack.web.name, [stack.web.pid()]);
    case 'worker killed':
      return endPart(worker, 'SIGKILL');
    case 'worker told to stop':
      return endPart(worker, 'SIGTERM');
    case 'both workers killed':
      return both(stack.workers.map((each) => endPart(each, 'SIGKILL')));
    case 'worker frozen':
      return freeze(worker.name, [worker.pid()]);
    case 'Job killed':
    case 'Job’s wrapper killed':
    case 'Job frozen':
      return onJob(on, kind, victim);
    case 'ClickHouse killed':
      return endPart(stack.clickhouse, 'SIGKILL', enginesOf(stack));
    case 'ClickHouse engine killed':
      return kill('ClickHouse’s engine', enginesOf(stack));
    case 'ClickHouse frozen':
      return freeze('ClickHouse', [stack.clickhouse.pid(), ...enginesOf(stack)]);
    case 'Postgres killed':
      return endPart(stack.postgres, 'SIGKILL');
    case 'Postgres stopped':
      return endPart(stack.postgres, 'SIGINT');
    case 'Postgres frozen':
      return freeze('Postgres', stack.postgres.pid() > 0 ? familyOf(stack.postgres.pid()) : []);
    case 'backup disk full':
      return fillBackupDisk(on);
    case 'API server stopped': {
      const start = await on.platform?.stopApiServer();
      return start ? { what: 'API server', lift: start } : null;
    }
  }
}

/** Ends a part and keeps it down until it is lifted. */
function endPart(part: Part, signal: NodeJS.Signals, also: number[] = []): Injected {
  const pid = part.pid();
  if (pid === 0) return null;
  part.hold();
  send([pid, ...also], signal);
  return { what: part.name, lift: async () => part.resume() };
}

function both(all: Injected[]): Injected {
  const done = all.filter((each) => each !== null);
  if (done.length === 0) return null;
  return {
    what: done.map((each) => each.what).join(' and '),
    lift: async () => {
      for (const each of done) await each.lift();
    },
  };
}

function kill(what: string, pids: number[]): Injected {
  if (pids.length === 0) return null;
  send(pids, 'SIGKILL');
  return { what, lift: nothing };
}

function freeze(what: string, pids: number[]): Injected {
  const there = pids.filter((pid) => pid > 0);
  if (there.length === 0) return null;
  send(there, 'SIGSTOP');
  return { what, lift: async () => send(there, 'SIGCONT') };
}

const enginesOf = (stack: FaultStack): number[] =>
  processesWith(markerOf(stack.dataDir)).filter((pid) => {
    const args = argumentsOf(pid);
    return args.includes('engine') && args.includes(join(stack.dataDir, 'clickhouse'));
  });

/** A running Job, or the next one to run. Its wrapper watches the command and records its end. */
async function onJob({ stack, platform }: Injection, kind: FaultKind, victim: number): Promise<Injected> {
  return poll<NonNullable<Injected>>({ ...every(lookEveryMs), withinMs: jobWithinMs }, async () => {
    const running = platform ? runningContainers(stack.dataDir) : await runningJobs(stack.dataDir);
    const job = running[victim % Math.max(1, running.length)];
    if (job) {
      if (kind === 'Job frozen') return freeze(job.name, job.pids);
      return kill(job.name, kind === 'Job killed' ? job.pids : [job.wrapper]);
    }
    return null;
  });
}

/** The programs in pods. They have no wrapper that could be killed. */
const runningContainers = (dataDir: string) =>
  processesWith(containerMarkerOf(dataDir))
    .filter((pid) => argumentsOf(pid).some((word) => /dist\/(job|labeler)\.mjs$/.test(word)))
    .map((pid) => ({ name: argumentsOf(pid).slice(1, 3).join(' ').trim(), wrapper: pid, pids: [pid] }));

async function runningJobs(dataDir: string): Promise<{ name: string; wrapper: number; pids: number[] }[]> {
  const jobsDir = jobsDirOf(dataDir);
  if (!existsSync(jobsDir)) return [];
  const jobs = [];
  for (const name of readdirSync(jobsDir).filter((each) => /^[a-z]/.test(each))) {
    const folder = new JobFolder(jobsDir, name);
    const claim = await folder.readClaim();
    if (!claim || claim.pid === 0 || (await folder.readExit())) continue;
    const pids = processesWith(`${folder.marker.name}=${folder.marker.value}`);
    if (pids.length > 0) jobs.push({ name, wrapper: claim.pid, pids });
  }
  return jobs;
}

/** The engine refuses an insert that would leave less space than this. */
async function fillBackupDisk({ stack, subjects }: Injection): Promise<Injected> {
  const set = async (bytes: string) => {
    for (const { customer } of subjects)
      await stack.admin.client.command({
        query: `ALTER TABLE ${customer.database}.conversation_with_labels_slc_backup
          MODIFY SETTING min_free_disk_bytes_to_perform_insert = ${bytes}`,
      });
  };
  const filled = await set('1000000000000000').then(
    () => true,
    () => false,
  );
  const lift = async () => {
    await poll(every(lookEveryMs * 10), () =>
      set('0').then(
        () => true,
        () => null,
      ),
    );
  };
  if (filled) return { what: 'the disk of the backups', lift };
  await lift();
  return null;
}
