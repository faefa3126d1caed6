// @ts-check
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { install, requireNode } from './support/install.mjs';
import { root } from './support/run.mjs';

/**
 * `npm run cluster`: a real Kubernetes control plane on this machine and the console against it, without Docker. Needs
 * Go 1.26 the first time. Its data is kept in `.data-cluster` (or SLC_DATA_DIR); Ctrl-C stops everything.
 */
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
const stopped = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
});

requireNode();
process.chdir(root);
try {
  await install();
  const [{ buildBundles, buildWeb }, { buildCluster }, { commandLineOf, namespace, startConsole }] = await Promise.all([
    import('./build.mjs'),
    import('../local-cluster/build.mjs'),
    import('../local-cluster/console.mjs'),
  ]);
  const binary = await buildCluster();
  await buildBundles();
  await buildWeb();
  const dataDir = process.env.SLC_DATA_DIR ?? join(root, '.data-cluster');
  const port = Number(process.env.PORT ?? 3000);
  const running = await startConsole({ dataDir, port, say });
  const { kubeconfig } = JSON.parse(readFileSync(join(dataDir, 'cluster', 'cluster.json'), 'utf8'));
  const env = Object.entries(commandLineOf(dataDir)).map(([name, value]) => `${name}=${value}`);
  process.stdout.write(`
kubectl    export KUBECONFIG=${kubeconfig}
           alias kubectl='${relative(process.cwd(), binary)} kubectl'
           kubectl -n ${namespace} get jobs,pods
console    ${env.join(' \\\n           ')} \\
           npm run -s cli -- --help

ready ${running.stack.url}
`);
  const ended = await Promise.race([stopped.then(() => null), running.stack.exited]);
  if (ended === null) say('Stopping.');
  else say(`The console ended with code ${ended}.`);
  await running.stop();
  process.exit(ended ?? 0);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
