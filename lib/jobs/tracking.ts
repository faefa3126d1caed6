/**
 * Domains of labels and annotations by which tools mark what they own. If a Job copied them from the CronJob, Argo CD,
 * Flux, helm, kapp, Fleet or `kubectl apply --prune` would delete it as a leftover, and Kueue would suspend it in a
 * queue.
 */
const domains = [
  'argocd.argoproj.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
  'meta.helm.sh',
  'helm.sh',
  'kueue.x-k8s.io',
  'kapp.k14s.io',
  'objectset.rio.cattle.io',
  'applyset.kubernetes.io',
  'config.k8s.io',
  'configmanagement.gke.io',
  'configsync.gke.io',
  'kubectl.kubernetes.io/last-applied-configuration',
];

/** Labels that Argo CD and helm put on their own objects. On pods they are ordinary, and policies select by them. */
const ofOwners = ['app.kubernetes.io/instance', 'app.kubernetes.io/managed-by'];

type Strings = Record<string, string>;
type Metadata = { labels: Strings; annotations: Strings };

const isTracking = (name: string) => domains.some((domain) => name === domain || name.startsWith(`${domain}/`));

const without = (entries: Strings, drop: (name: string) => boolean): Strings =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => !drop(name)));

/** The metadata of a template that a Job of ours, or its pods, may have. */
export function withoutTracking<Of extends Metadata>(metadata: Of, on: 'Job' | 'pods'): Of {
  const drop = (name: string) => isTracking(name) || (on === 'Job' && ofOwners.includes(name));
  return {
    ...metadata,
    labels: without(metadata.labels, drop),
    annotations: without(metadata.annotations, drop),
  };
}
