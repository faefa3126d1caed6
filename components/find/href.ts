import type { Route } from 'next';
import { routes } from '@/components/routes';
import type { Target } from '@/lib/find/model';

/** The page that a button of a search opens; after a scan is started, the one on which it is seen. */
export function hrefOf(target: Target): Route {
  switch (target.kind) {
    case 'day': {
      const { customerId, day, agent, useCase, conversation } = target;
      return routes.day(customerId, day, { agent, useCase, open: conversation });
    }
    case 'active days':
      return routes.activeDays({ customer: target.customerId, from: target.from, to: target.to });
    case 'scan':
    case 'customer': {
      const { customerId, from, to } = target;
      return routes.customer(customerId, { from, to });
    }
    case 'run':
      return routes.run(target.runId);
    case 'finding':
      return routes.finding(target.findingId);
  }
}
