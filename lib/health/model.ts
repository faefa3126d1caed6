import type { LauncherCheck } from '@/lib/jobs/model';

/** The health of one thing that the console depends on. Only signed-in people see `facts`. */
export type HealthPart = {
  name:
    | 'clickhouse'
    | 'way'
    | 'postgres'
    | 'chats'
    | 'launcher'
    | 'workerLauncher'
    | 'worker'
    | 'queue'
    | 'scans'
    | 'holds'
    | 'notifications'
    | 'retention';
  /** `unset`: it is not configured, which may be as somebody wants it. */
  status: 'ok' | 'unset' | 'warning' | 'failed';
  /** What is connected, as which user and with which rights; or what is wrong and what to do. */
  sentence: string;
  facts: Record<string, string | number>;
  /** When another process found this, in ms; absent if it was read just now. */
  asOfMs?: number;
};

/** Instants in ms. `status` is that of the worst part. */
export type HealthReport = {
  status: HealthPart['status'];
  parts: HealthPart[];
  workers: {
    id: string;
    host: string;
    pid: number;
    startedAtMs: number;
    seenAtMs: number;
    silentSeconds: number;
    /** What it found when it last checked the platform of Jobs; null before its first check. */
    check: LauncherCheck | null;
    checkedAtMs: number | null;
  }[];
  queues: { queue: string; state: string; jobs: number }[];
  scans: {
    customers: number;
    /** Customers whose last scan failed, and who were never scanned. */
    failed: number;
    never: number;
    /** Customers that nobody looked at for more than two periods, and the first of them, the longest not looked at. */
    overdue: number;
    longest: { customerId: string; lookedAtMs: number | null }[];
    /** The last scan of at most 20 customers, the failed ones first, then the oldest. */
    worst: { customerId: string; status: string | null; endedAtMs: number | null; failure: string | null }[];
  };
};

export const noScans: HealthReport['scans'] = { customers: 0, failed: 0, never: 0, overdue: 0, longest: [], worst: [] };

const order = { ok: 0, unset: 0, warning: 1, failed: 2 } as const;

export function worstOf(parts: Pick<HealthPart, 'status'>[]): HealthPart['status'] {
  return parts.reduce<HealthPart['status']>(
    (worst, { status }) => (order[status] > order[worst] ? status : worst),
    'ok',
  );
}
