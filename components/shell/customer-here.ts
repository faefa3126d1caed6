import type { Route } from 'next';
import { routes } from '@/components/routes';
import { shiftDay } from '@/lib/day-text';

const customerPath = /^\/customers\/([^/]+)(?:\/days\/(\d{4}-\d{2}-\d{2}))?$/;

/** Active Days of the customer and days that the page is about; without a customer the bare page. */
export function activeDaysFrom(path: string, query: { get(name: string): string | null }): Route {
  const [, encoded, day] = customerPath.exec(path) ?? [];
  const customer = (encoded === undefined ? query.get('customer') : decoded(encoded)) ?? undefined;
  if (day) return routes.activeDays({ customer, from: day, to: shiftDay(day, 1) });
  const [from, to] = [query.get('from'), query.get('to')];
  return routes.activeDays(customer && from && to ? { customer, from, to } : { customer });
}

/** The customer of the page, by its path. */
export function customerHere(path: string): string | undefined {
  const [, encoded] = customerPath.exec(path) ?? [];
  return encoded === undefined ? undefined : (decoded(encoded) ?? undefined);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
