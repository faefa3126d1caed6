/** What a person may do; each role includes the ones before it. */
export const roles = ['viewer', 'operator', 'approver'] as const;
export type Role = (typeof roles)[number];

/** Who asks. `name` stands in the audit; `via` says through which door. */
export type Actor = { name: string; role: Role; via: 'web' | 'cli' | 'worker'; requestId: string };

const neededRole = {
  read: 'viewer',
  'scan.run': 'operator',
  'customers.manage': 'operator',
  'backfill.plan': 'operator',
  'backfill.run': 'operator',
  'backfill.control': 'operator',
  'backfill.approve': 'approver',
  'mutation.kill': 'approver',
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof neededRole;

export const roleFor = (permission: Permission): Role => neededRole[permission];

/** True when `role` includes what `permission` needs. */
export function may(role: Role, permission: Permission): boolean {
  return roles.indexOf(role) >= roles.indexOf(neededRole[permission]);
}
