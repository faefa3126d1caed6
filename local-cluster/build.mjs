// Builds local-cluster/bin/cluster when its sources have changed. `node local-cluster/build.mjs` builds it by hand.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const bin = join(here, 'bin');
const binary = join(bin, 'cluster');
const stamp = join(bin, 'cluster.stamp');
const lock = join(bin, 'building');

// The modules carry no version, so without this the server calls itself v0.0.0-master.
const kubernetes = 'v1.37.2';
const version = 'k8s.io/component-base/version';
const ldflags = [
  '-s -w',
  `-X ${version}.gitVersion=${kubernetes}`,
  `-X ${version}.gitMajor=1`,
  `-X ${version}.gitMinor=37`,
].join(' ');
const buildArgs = ['build', '-buildvcs=false', `-ldflags=${ldflags}`];

/** A Go that is too old fetches the one of go.mod as a Go module, whatever its system's default is. */
const goEnvironment = { GOTOOLCHAIN: 'auto', ...process.env };

/** The version of Go that builds the cluster, such as "go1.26.8", or undefined where there is none. */
export function goVersion() {
  const options = /** @type {const} */ ({ cwd: here, env: goEnvironment, encoding: 'utf8' });
  if (spawnSync('go', ['list', '-m'], options).status !== 0) return undefined;
  return spawnSync('go', ['env', 'GOVERSION'], options).stdout.trim();
}

/**
 * Returns the path of an up-to-date binary, built first where it has to be.
 * Several processes may ask at once: one builds, the others wait for it.
 * @returns {Promise<string>}
 */
export async function buildCluster() {
  if (isCurrent()) return binary;
  mkdirSync(bin, { recursive: true });
  await takeLock();
  try {
    if (isCurrent()) return binary;
    const go = goVersion();
    if (!go)
      throw new Error(
        'The Kubernetes control plane for tests is built with the Go of local-cluster/go.mod, which is not here (https://go.dev/dl).',
      );
    console.error('building the Kubernetes control plane (about 7 minutes the first time)');
    const hash = sourceHash();
    await run('go', [...buildArgs, '-o', `${binary}.new`, '.']);
    renameSync(`${binary}.new`, binary);
    writeFileSync(stamp, hash);
    return binary;
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isCurrent() {
  return read(stamp) === sourceHash() && spawnSync(binary, [], { stdio: 'ignore' }).status === 2;
}

function sourceHash() {
  const hash = createHash('sha256').update(buildArgs.join('\0'));
  const sources = readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.go$|^go\.(mod|sum)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of sources) hash.update(`\0${relative(here, path)}\0`).update(readFileSync(path));
  return hash.digest('hex');
}

async function takeLock() {
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(read(join(lock, 'pid')));
    if (owner && !isAlive(owner)) rmSync(lock, { recursive: true, force: true });
    else await sleep(500);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: here, env: goEnvironment, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve(undefined) : reject(new Error(`${command} ${args[0]} ended with ${signal ?? code}`)),
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await buildCluster());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
