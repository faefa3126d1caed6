'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { backfillTabs } from '@/components/shell/places';
import { cn } from '@/components/ui/cn';

/** The lists about repairs; the navigation has one entry for them. */
export function RepairTabs() {
  const path = usePathname();
  return (
    <nav aria-label="Repairs" className="-mb-1 flex gap-4 overflow-x-auto text-sm shadow-[inset_0_-1px_0_var(--line)]">
      {backfillTabs.map(({ label, href }) => (
        <Link
          key={label}
          href={href}
          aria-current={path === href ? 'page' : undefined}
          className={cn(
            'whitespace-nowrap border-b-2 px-0.5 pb-1.5',
            path === href ? 'border-accent font-medium text-text' : 'border-transparent text-muted hover:text-text',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
