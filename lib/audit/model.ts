/** One line of the audit: who did what, when, to whom, why. */
export type AuditEntry = {
  id: number;
  atMs: number;
  actor: string;
  role: string;
  via: string;
  requestId: string;
  action: string;
  customerId: string | null;
  subject: string;
  reason: string | null;
  detail: Record<string, unknown>;
};
