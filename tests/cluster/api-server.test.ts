import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '@/lib/config';
import { createKubernetesLauncher } from '@/lib/jobs/kubernetes/launcher';
import { passingAnswerCases } from './cases/passing-answers';
import { accountsStage, log, namespace, spec } from './support/accounts';

const stage = accountsStage();
const { launcherWith, signedToken, workerToken } = stage;
passingAnswerCases(stage);

describe('the account of a pod', () => {
  it('is read from its files, its address from the environment, and a token that replaced another is used at once', async () => {
    const folder = join(stage.dataDir, 'serviceaccount');
    const { hostname, port } = new URL(stage.cluster.server);
    const env = {
      NODE_ENV: 'test' as const,
      SLC_DATA_DIR: stage.dataDir,
      SLC_LAUNCHER: 'kubernetes',
      SLC_KUBERNETES_NAMESPACE: namespace,
      SLC_KUBERNETES_CLUSTER: 'staging-eu',
      SLC_KUBERNETES_ACCOUNT_FOLDER: folder,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    };
    await expect(createKubernetesLauncher(loadConfig(env), log)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not run in a Kubernetes pod'),
    });
    mkdirSync(folder);
    const token = (text: string) => writeFileSync(join(folder, 'token'), `${text}\n`);
    writeFileSync(join(folder, 'ca.crt'), readFileSync(stage.cluster.caFile));
    token(signedToken(Date.now() - 60_000));
    const launcher = stage.closing(await createKubernetesLauncher(loadConfig(env), log));
    await expect(launcher.inspect(['nothing'])).rejects.toMatchObject({ code: 'unavailable' });
    token(await workerToken());
    expect((await launcher.inspect(['nothing']))[0]?.state).toBe('unknown');
    const account = `system:serviceaccount:${namespace}:slc-worker`;
    expect(await launcher.check()).toMatchObject({ cluster: 'staging-eu', namespace, account });
    token('rotated to nothing');
    await expect(launcher.inspect(['nothing'])).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('an API server', () => {
  it('that finds the token expired is a sentence, and no answer about the Job', async () => {
    const valid = await launcherWith(signedToken(Date.now() + 1_800_000));
    expect((await valid.inspect(['nothing']))[0]?.state).toBe('unknown');
    const expired = await launcherWith(signedToken(Date.now() - 60_000));
    const sentence = { code: 'unavailable', message: 'Kubernetes does not accept the credentials.' };
    await expect(expired.inspect([spec.name])).rejects.toMatchObject(sentence);
    await expect(expired.launch(spec)).rejects.toMatchObject(sentence);
    expect((await expired.check()).findings).toMatchObject([{ status: 'failed' }]);
  });

  /** An API server of the test's own with the cluster's certificate. */
  async function answering(answer: (url: URL, response: ServerResponse) => void): Promise<[Server, string]> {
    const pki = (name: string) => readFileSync(join(stage.dataDir, 'cluster', 'pki', name));
    const server = createServer({ cert: pki('apiserver.crt'), key: pki('apiserver.key') }, (request, response) =>
      answer(new URL(request.url ?? '/', 'https://127.0.0.1'), response),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return [server, `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`];
  }
  const json = (response: ServerResponse, status: number, body: object) => {
    const kind = { kind: status < 400 ? 'List' : 'Status' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ ...kind, ...body }));
  };

  it('that says 410 half way through a list is asked for all of it again', async () => {
    const asked: string[] = [];
    const [server, url] = await answering((at, response) => {
      const from = at.searchParams.get('continue');
      if (!at.pathname.endsWith('/jobs')) return json(response, 200, { items: [] });
      asked.push(from ?? 'first');
      if (from !== null) return json(response, 410, { reason: 'Expired', message: 'too old' });
      const more = asked.length === 1 ? { continue: 'next' } : {};
      const metadata = { name: spec.name, uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
      return json(response, 200, { metadata: more, items: [{ metadata }] });
    });
    try {
      const [status] = await (await launcherWith('any', url)).inspect([spec.name]);
      expect(status?.state).toBe('pending');
      expect(asked).toEqual(['first', 'next', 'first']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('that refuses while it is not ready yet is asked again, and believed once it is', async () => {
    let asked = 0;
    let grants = false;
    const [server, url] = await answering((at, response) => {
      if (at.pathname === '/readyz') {
        asked += 1;
        return json(response, asked < 3 ? 403 : 200, { reason: 'Forbidden', message: 'not ready' });
      }
      if (grants && asked >= 3) return json(response, 200, { items: [] });
      return json(response, 403, { reason: 'Forbidden', message: 'forbidden: no Role says so' });
    });
    try {
      const launcher = await launcherWith('any', url);
      await expect(launcher.inspect([spec.name])).rejects.toMatchObject({ code: 'refused' });
      expect(asked).toBe(3);
      asked = 0;
      grants = true;
      expect((await launcher.inspect([spec.name]))[0]?.state).toBe('unknown');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('before which something answers with a page of its own is not believed, and the page is shown to nobody', async () => {
    const asked: Promise<unknown>[] = [];
    const page = '<html><title>default backend</title></html>';
    const answers = [
      [302, page],
      [403, page],
      [404, page],
      [200, page],
      [200, '{"items":[]}'],
    ] as const;
    for (const [status, body] of answers) {
      const [server, url] = await answering((_, response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end(body);
      });
      const launcher = await launcherWith('any', url);
      const message = `Kubernetes does not answer: something in between answered ${status} instead.`;
      const calls = [launcher.launch(spec), launcher.inspect([spec.name]), launcher.logs(spec.name, 5)];
      const refused = [...calls, launcher.stop(spec.name), launcher.template()].map((call) =>
        expect(call).rejects.toMatchObject({ code: 'unavailable', message }),
      );
      const preview = expect(launcher.preview(spec)).resolves.toEqual({ verdict: 'unknown', sentence: message });
      asked.push(Promise.all([...refused, preview]).finally(() => server.close().closeAllConnections()));
    }
    await Promise.all(asked);
  });

  it('that accepts and never answers is "unavailable" within seconds', async () => {
    const [server, url] = await answering(() => undefined);
    try {
      const startedAt = performance.now();
      await expect((await launcherWith('any', url)).inspect([spec.name])).rejects.toMatchObject({
        code: 'unavailable',
      });
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('a kubeconfig', () => {
  const proxies: ReturnType<typeof createProxy>[] = [];
  afterAll(() => {
    for (const proxy of proxies) proxy.close().closeAllConnections();
  });

  /** A launcher with a kubeconfig in its own folder, next to the cluster's CA. */
  async function launcherBy(cluster: object, user: object, files: Record<string, string> = {}) {
    const folder = mkdtempSync(join(stage.dataDir, 'by-'));
    const { server, caFile } = stage.cluster;
    const all = { 'ca.crt': readFileSync(caFile, 'utf8'), ...files };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text, { mode: 0o700 });
    const config = {
      clusters: [{ name: 'here', cluster: { server, 'certificate-authority': 'ca.crt', ...cluster } }],
      users: [{ name: 'worker', user }],
      contexts: [{ name: 'worker', context: { cluster: 'here', user: 'worker' } }],
    };
    writeFileSync(join(folder, 'config'), JSON.stringify(config));
    const env = {
      NODE_ENV: 'test' as const,
      SLC_DATA_DIR: stage.dataDir,
      SLC_LAUNCHER: 'kubernetes',
      SLC_KUBERNETES_KUBECONFIG: join(folder, 'config'),
      SLC_KUBERNETES_CONTEXT: 'worker',
      SLC_KUBERNETES_NAMESPACE: namespace,
    };
    return stage.closing(await createKubernetesLauncher(loadConfig(env), log));
  }
  const stateBy = async (cluster: object, user: object, files?: Record<string, string>) =>
    (await (await launcherBy(cluster, user, files)).inspect(['nothing']))[0]?.state;

  /** A proxy that connects each client that has its password. */
  async function proxyAt(password: string): Promise<{ url: string; connected(): number }> {
    let connected = 0;
    const proxy = createProxy().on('connect', (request: IncomingMessage, client: Socket) => {
      const given = Buffer.from(`me:${password}`).toString('base64');
      if (request.headers['proxy-authorization'] !== `Basic ${given}`)
        return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      connected += 1;
      const { hostname, port } = new URL(`http://${request.url}`);
      const server = connect(Number(port), hostname, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      for (const socket of [client, server]) socket.on('error', () => [client, server].map((each) => each.destroy()));
    });
    proxies.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return { url: `http://me:right@127.0.0.1:${(proxy.address() as AddressInfo).port}`, connected: () => connected };
  }

  it('with a proxy-url reaches the API server through it, and says so where that does not connect', async () => {
    const user = { token: await workerToken() };
    const proxy = await proxyAt('right');
    expect(await stateBy({ 'proxy-url': proxy.url }, user)).toBe('unknown');
    expect(proxy.connected()).toBeGreaterThan(0);
    const refused = await proxyAt('another');
    await expect(stateBy({ 'proxy-url': refused.url }, user)).rejects.toMatchObject({
      code: 'unavailable',
      message: `The proxy ${new URL(refused.url).host} of the kubeconfig does not connect to Kubernetes. Trying again is safe.`,
    });
    await expect(stateBy({ 'proxy-url': 'socks5://127.0.0.1:1080' }, user)).rejects.toMatchObject({
      message: expect.stringContaining('is not an http or https proxy'),
    });
  });

  it('has its tls-server-name, certificates and plugins beside it, or a sentence says what is not read', async () => {
    const token = await workerToken();
    expect(await stateBy({ 'tls-server-name': 'localhost' }, { token })).toBe('unknown');
    await expect(stateBy({ 'tls-server-name': 'other.example.com' }, { token })).rejects.toMatchObject({
      code: 'unavailable',
    });
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
    const exec = { apiVersion: credential.apiVersion, command: './login', interactiveMode: 'Never' };
    const plugin = `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`;
    expect(await stateBy({}, { exec }, { login: plugin })).toBe('unknown');
    await expect(stateBy({}, { exec }, { login: '#!/bin/sh\necho no ticket >&2; exit 1\n' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('The credentials of the context worker could not be obtained: no ticket'),
    });
    await expect(stateBy({}, { tokenFile: 'token' })).rejects.toMatchObject({
      message: expect.stringContaining('has a tokenFile, which is not read here'),
    });
    await expect(stateBy({ server: 'http://127.0.0.1:1' }, { token })).rejects.toMatchObject({
      message: 'The API server http://127.0.0.1:1 of the context worker is not https.',
    });
  });
});
