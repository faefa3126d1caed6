/** What a person may do; each role includes the ones before it. */
export const roles = ['viewer', 'operator', 'approver'] as const;
export type Role = (typeof roles)[number];

/** For each permission the lowest role that has it. */
const neededRole = {
  read: 'viewer',
  'scan.run': 'operator',
  'findings.manage': 'operator',
  'customers.manage': 'operator',
  'backfill.plan': 'operator',
  'backfill.run': 'operator',
  'backfill.control': 'operator',
  'everything.stop': 'operator',
  'backfill.approve': 'approver',
  // A second person must also approve it.
  'mutation.kill': 'operator',
  'sessions.manage': 'approver',
  'tokens.manage': 'approver',
  'notifications.manage': 'approver',
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof neededRole;
export const permissions = Object.keys(neededRole) as Permission[];

export const roleFor = (permission: Permission): Role => neededRole[permission];

/** Whether `role` has `permission`. */
export function may(role: Role, permission: Permission): boolean {
  return roles.indexOf(role) >= roles.indexOf(neededRole[permission]);
}
