'use client';

import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { routes } from '@/components/routes';
import { cn } from '@/components/ui/cn';
import { activeDaysFrom } from './customer-here';
import { backfillTabs, customerTabs, places } from './places';

const entries = places.filter((place) => place.in === 'navigation');

/** Whether `path` is the page of an entry, a page below it, or one of its tabs. */
const isWithin = (path: string, href: string) =>
  isBelow(path, href) ||
  [customerTabs, backfillTabs].some((tabs) => href === tabs[0]?.href && tabs.some((tab) => isBelow(path, tab.href)));

const isBelow = (path: string, href: string) => path === href || path.startsWith(`${href}/`);

/** The places. Active Days, which is of one customer, stays with the customer of the page. */
export function Navigation() {
  const path = usePathname();
  const query = useSearchParams();
  return (
    <nav
      aria-label="Places"
      className="flex h-12 items-center gap-0.5 overflow-x-auto max-md:order-last max-md:-mx-4 max-md:h-10 max-md:w-[calc(100%+2rem)] max-md:border-line max-md:border-t max-md:px-3"
    >
      {entries.map(({ label, href }) => {
        const current = isWithin(path, href);
        return (
          <Link
            key={label}
            href={href === routes.activeDays({}) ? activeDaysFrom(path, query) : href}
            aria-current={current ? 'page' : undefined}
            className={cn(
              'whitespace-nowrap rounded-md px-2.5 py-1 text-sm max-sm:px-1.5',
              current ? 'bg-raised font-medium text-text' : 'text-muted hover:bg-raised/70 hover:text-text',
            )}
          >
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
