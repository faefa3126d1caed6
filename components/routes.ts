import type { Route } from 'next';
import type { CampaignFilter, CampaignShow } from '@/lib/campaigns/state/campaign-model';
import type { Flag } from '@/lib/detection/flags';
import type { CustomerShow } from '@/lib/detection/schedule/view-model';

type Query = Record<string, string | number | readonly string[] | null | undefined>;

/** The filters of what a run changed, as they are in the address. */
export type DifferencesParams = Partial<
  Record<'unit' | 'source' | 'kind' | 'agent' | 'useCase' | 'q' | 'day' | 'page', string>
>;

function address(path: string, query: Query = {}): Route {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== null && value !== undefined && String(value) !== '') search.set(key, String(value));
  const text = search.toString();
  return (text ? `${path}?${text}` : path) as Route;
}

const id = encodeURIComponent;

/** Every page's address. `to` is always exclusive. */
export const routes = {
  customers: (query?: { q?: string }) => address('/customers', query),
  customer: (customerId: string, query?: { from?: string; to?: string; days?: 'affected' | 'all'; at?: string }) =>
    address(`/customers/${id(customerId)}`, query),
  day: (
    customerId: string,
    day: string,
    query?: { show?: string; flags?: readonly Flag[]; agent?: string; useCase?: string; q?: string; open?: string },
  ) => address(`/customers/${id(customerId)}/days/${day}`, query),
  findings: (query?: { customer?: string; day?: string; state?: string; open?: string }) => address('/findings', query),
  finding: (findingId: string) => address(`/findings/${id(findingId)}`),
  miss: (missId: string) => address(`/findings/misses/${id(missId)}`),
  ledger: (query?: { month?: string }) => address('/findings/ledger', query),
  backfills: (query?: { customer?: string; status?: string; day?: string }) => address('/backfills', query),
  plan: (query: { customer: string; from: string; to: string; strategy?: string; units?: string }) =>
    address('/backfills/new', query),
  run: (runId: string, query?: { unit?: string; step?: string }) => address(`/backfills/${id(runId)}`, query),
  differences: (runId: string, query: DifferencesParams = {}) => address(`/backfills/${id(runId)}/changes`, query),
  undo: (runId: string, query?: { unit?: string }) => address(`/backfills/${id(runId)}/undo`, query),
  campaigns: () => address('/campaigns'),
  newCampaign: (query?: {
    by?: CampaignFilter['by'];
    customers?: readonly string[];
    flags?: readonly Flag[];
    from?: string;
    to?: string;
  }) => address('/campaigns/new', query),
  campaign: (campaignId: string) => address(`/campaigns/${id(campaignId)}`),
  campaignReport: (campaignId: string) => address(`/campaigns/${id(campaignId)}/report`),
  orders: () => address('/orders'),
  newOrder: (query?: { like?: string }) => address('/orders/new', query),
  order: (orderId: string) => address(`/orders/${id(orderId)}`),
  activeDays: (query: {
    customer?: string;
    from?: string;
    to?: string;
    run?: string;
    verdict?: string;
    agent?: string;
  }) => address('/active-days', query),
  approvals: (query?: { state?: string; open?: string }) => address('/approvals', query),
  mutations: (query?: { kill?: string }) => address('/mutations', query),
  audit: (query?: { customer?: string; action?: string; run?: string; day?: string }) => address('/audit', query),
  rowHistory: (query: { customer?: string; conversation?: string }) => address('/audit/row', query),
  health: () => address('/health'),
  schedule: (query?: { show?: CustomerShow; q?: string }) => address('/schedule', query),
  trouble: () => address('/trouble'),
  notifications: (query?: { show?: 'cases' | 'rules' | 'history' }) => address('/notifications', query),
  sessions: () => address('/sessions'),
  help: () => address('/help'),
  document: (path: string) => address(`/help/${path}`),
  tokens: () => address('/tokens'),
};

/** The GET reads behind the pages. */
export const reads = {
  customers: () => address('/api/customers') as string,
  affectedDays: () => address('/api/affected-days') as string,
  customer: (customerId: string, query: { from?: string; to?: string }) =>
    address(`/api/customers/${id(customerId)}`, query) as string,
  customerChange: (customerId: string) => address(`/api/customers/${id(customerId)}/change`) as string,
  trend: (customerId: string, query: { to: string }) =>
    address(`/api/customers/${id(customerId)}/trend`, query) as string,
  conversations: (customerId: string, day: string, query: Query) =>
    address(`/api/customers/${id(customerId)}/days/${day}`, query) as string,
  why: (customerId: string, day: string, query: { seen: string }) =>
    address(`/api/customers/${id(customerId)}/days/${day}/why`, query) as string,
  /** A list as a file, with the filters of its page. */
  file: (list: 'customers' | 'days' | 'conversations' | 'findings' | 'runs', query: Query) =>
    address(`/api/files/${list}`, query) as string,
  discover: () => address('/api/discover') as string,
  scans: (query: { customer?: string; rows?: number }) => address('/api/scans', query) as string,
  findings: (query: Query) => address('/api/findings', query) as string,
  finding: (findingId: string) => address(`/api/findings/${id(findingId)}`) as string,
  miss: (missId: string) => address(`/api/findings/misses/${id(missId)}`) as string,
  ledger: (query: Query) => address('/api/findings/ledger', query) as string,
  ledgerCsv: (query: Query) => address('/api/findings/ledger/csv', query) as string,
  plan: (planId: string) => address(`/api/plans/${id(planId)}`) as string,
  runs: (query: { customer?: string; status?: string; day?: string }) => address('/api/backfills', query) as string,
  run: (runId: string, query: { unit?: string | null; page?: number | null }) =>
    address(`/api/backfills/${id(runId)}`, query) as string,
  differencesFile: (runId: string, query: DifferencesParams & { format: string }) =>
    address(`/api/backfills/${id(runId)}/changes/file`, { ...query, page: undefined }) as string,
  campaigns: () => address('/api/campaigns') as string,
  orders: () => address('/api/orders') as string,
  order: (orderId: string) => address(`/api/orders/${id(orderId)}`) as string,
  campaign: (campaignId: string, query: { page?: number | null; show?: CampaignShow }) =>
    address(`/api/campaigns/${id(campaignId)}`, query) as string,
  campaignReport: (campaignId: string, query?: { format?: 'markdown' }) =>
    address(`/api/campaigns/${id(campaignId)}/report`, query) as string,
  repairs: (query: { customer: string; from: string; to: string }) => address('/api/repairs', query) as string,
  backups: (query: { customer?: string; run?: string }) => address('/api/backups', query) as string,
  log: (runId: string, query: { item: string; step: string; attempt?: string }) =>
    address(`/api/backfills/${id(runId)}/log`, query) as string,
  activeDays: (query: Query) => address('/api/active-days', query) as string,
  agentDays: (query: Query) => address('/api/active-days/agent', query) as string,
  agentDaysCsv: (query: Query) => address('/api/active-days/agent/csv', query) as string,
  snapshotRuns: (query: { customer: string }) => address('/api/active-days/runs', query) as string,
  activeDaysCsv: (query: Query) => address('/api/active-days/csv', query) as string,
  approvals: (query: Query) => address('/api/approvals', query) as string,
  approval: (approvalId: string) => address(`/api/approvals/${id(approvalId)}`) as string,
  approvalOfPlan: (query: { kind: string; planHash: string }) => address('/api/approvals/of-plan', query) as string,
  schedule: (query: Query) => address('/api/schedule', query) as string,
  trouble: () => address('/api/trouble') as string,
  stop: () => address('/api/stop') as string,
  notifications: (query?: Query) => address('/api/notifications', query) as string,
  deliveries: (query: Query) => address('/api/notifications/deliveries', query) as string,
  news: () => address('/api/notifications/news') as string,
  mutations: () => address('/api/mutations') as string,
  kill: (killId: string) => address(`/api/mutations/kills/${id(killId)}`) as string,
  audit: (query: Query) => address('/api/audit', query) as string,
  auditVerify: (query: Query) => address('/api/audit/verify', query) as string,
  auditExport: (query: Query) => address('/api/audit/export', query) as string,
  health: () => address('/api/health/report') as string,
  help: () => address('/api/help') as string,
  sessions: () => address('/api/sessions') as string,
  tokens: () => address('/api/tokens') as string,
};
