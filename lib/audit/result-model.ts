/** How an action ended: done, refused by a rule of the console, or stopped by an error. */
export const auditResults = ['done', 'refused', 'failed'] as const;

export type AuditResult = (typeof auditResults)[number];
