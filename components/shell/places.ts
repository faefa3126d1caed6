import type { Route } from 'next';
import { routes } from '@/components/routes';

type Place = {
  label: string;
  href: Route;
  /** Where its link is, besides "Find": the navigation, a tab of Customers or Backfills, or elsewhere in the header. */
  in: 'navigation' | 'customers' | 'backfills' | 'header';
};

/** Every page that needs no customer or run to be opened, in the order of the navigation. */
export const places: Place[] = [
  { label: 'Customers', href: routes.customers(), in: 'navigation' },
  { label: 'Findings', href: routes.findings(), in: 'customers' },
  { label: 'Ledger', href: routes.ledger(), in: 'customers' },
  { label: 'Schedule', href: routes.schedule(), in: 'customers' },
  { label: 'Backfills', href: routes.backfills(), in: 'navigation' },
  { label: 'Campaigns', href: routes.campaigns(), in: 'backfills' },
  { label: 'Standing orders', href: routes.orders(), in: 'backfills' },
  { label: 'Approvals', href: routes.approvals(), in: 'backfills' },
  { label: 'Mutations', href: routes.mutations(), in: 'backfills' },
  { label: 'Active Days', href: routes.activeDays({}), in: 'navigation' },
  { label: 'Audit', href: routes.audit(), in: 'navigation' },
  { label: 'Health', href: routes.health(), in: 'navigation' },
  { label: 'Trouble', href: routes.trouble(), in: 'header' },
  { label: 'Notifications', href: routes.notifications(), in: 'header' },
  { label: 'Sessions', href: routes.sessions(), in: 'header' },
  { label: 'Help', href: routes.help(), in: 'header' },
  { label: 'Access tokens', href: routes.tokens(), in: 'header' },
];

/** The tabs of Customers: the overview, then the pages that are filed under it. */
export const customerTabs = [
  { label: 'Overview', href: routes.customers() },
  ...places.filter((place) => place.in === 'customers'),
];

/** The tabs of Backfills: the list of runs, then the pages that are filed under it. */
export const backfillTabs = [
  { label: 'Runs', href: routes.backfills() },
  ...places.filter((place) => place.in === 'backfills'),
];

/** The tabs of Sessions: who and what has access. */
export const accessTabs = places.filter(({ href }) => href === routes.sessions() || href === routes.tokens());
