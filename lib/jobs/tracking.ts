/**
 * Domains of labels and annotations by which tools own or hold what carries them. On a Job that copied them from the
 * CronJob, Argo CD, Flux, helm, kapp, Fleet or `kubectl apply --prune` would delete it as a stray, and Kueue would keep
 * it suspended in a queue.
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

/** Argo CD's and helm's own on what they own itself; on pods they are ordinary, and policies select by them. */
const ofOwners = ['app.kubernetes.io/instance', 'app.kubernetes.io/managed-by'];

type Strings = Record<string, string>;
type Metadata = { labels: Strings; annotations: Strings };

const isTracking = (name: string) => domains.some((domain) => name === domain || name.startsWith(`${domain}/`));

const without = (entries: Strings, drop: (name: string) => boolean): Strings =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => !drop(name)));

/** Metadata of a template as a Job of ours may carry it; `on` says whether a Job or its pods will. */
export function withoutTracking<Of extends Metadata>(metadata: Of, on: 'Job' | 'pods'): Of {
  const drop = (name: string) => isTracking(name) || (on === 'Job' && ofOwners.includes(name));
  return {
    ...metadata,
    labels: without(metadata.labels, drop),
    annotations: without(metadata.annotations, drop),
  };
}
