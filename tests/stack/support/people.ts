export const client = { id: 'stale-labels', secret: 'a secret of the tests, long enough' };

/** Who there is at the provider, by user name, and their groups. */
export const people: Record<string, string[]> = {
  vera: ['everybody'],
  otto: ['everybody', 'support'],
  ada: ['support-leads', 'everybody'],
  nora: ['sales'],
};
export const rolesOfGroups = { viewer: ['everybody'], operator: ['support'], approver: ['support-leads'] };
