'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { routes } from '@/components/routes';
import { cn } from '@/components/ui/cn';

const entries: { label: string; href: Route; also?: string[] }[] = [
  { label: 'Customers', href: routes.customers() },
  { label: 'Backfills', href: routes.backfills(), also: [routes.approvals(), routes.mutations()] },
  { label: 'Active Days', href: routes.activeDays({}) },
  { label: 'Audit', href: routes.audit() },
  { label: 'Health', href: routes.health() },
];

export function Navigation() {
  const path = usePathname();
  return (
    <nav
      aria-label="Places"
      className="flex h-12 items-center gap-0.5 overflow-x-auto max-md:order-last max-md:-mx-4 max-md:h-10 max-md:w-[calc(100%+2rem)] max-md:border-line max-md:border-t max-md:px-3"
    >
      {entries.map(({ label, href, also = [] }) => {
        const current = path === href || path.startsWith(`${href}/`) || also.includes(path);
        return (
          <Link
            key={label}
            href={href}
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
