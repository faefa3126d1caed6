import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../support/until';
import { cronJob } from './cron-job';
import type { Tools } from './job-states';

/** An admission webhook of the cluster, as a policy engine has one; `pki` is the folder of the cluster's keys. */
export function webhookCases({ kubectl, order, launcherIn }: Tools, pki: () => string): void {
  it('that an admission webhook denies is refused in its words, and one whose webhook is away is asked for again', async () => {
    const launcher = await launcherIn('webhook', cronJob());
    const key = (name: string) => readFileSync(join(pki(), name));
    const message = 'every Job needs a cost centre';
    const server = createServer({ cert: key('apiserver.crt'), key: key('apiserver.key') }, async (asked, answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of asked) chunks.push(chunk as Buffer);
      const { request, ...review } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const response = { uid: request.uid, allowed: false, status: { code: 400, message } };
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...review, response }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const clientConfig = { url: `https://127.0.0.1:${port}/`, caBundle: key('ca.crt').toString('base64') };
    await kubectl(['create', '-f', '-'], {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'costs' },
      webhooks: [
        {
          ...{ name: 'costs.example.com', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig },
          rules: [{ apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['jobs'] }],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'webhook' } },
        },
      ],
    });
    try {
      const said = expect.stringContaining(`admission webhook "costs.example.com" denied the request: ${message}`);
      await until('the webhook is asked', async () => (await launcher.preview(order())).verdict === 'fail');
      expect(await launcher.preview(order())).toEqual({ verdict: 'fail', sentence: said });
      await expect(launcher.launch(order())).rejects.toMatchObject({ code: 'refused', message: said });
      server.close().closeAllConnections();
      const away = expect.stringMatching(
        /^Kubernetes cannot answer now: .*failed calling webhook "costs\.example\.com"/,
      );
      await expect(launcher.launch(order())).rejects.toMatchObject({ code: 'unavailable', message: away });
      expect(await launcher.preview(order())).toEqual({ verdict: 'unknown', sentence: away });
    } finally {
      server.close().closeAllConnections();
      await kubectl(['delete', 'validatingwebhookconfiguration', 'costs']);
    }
  });
}
