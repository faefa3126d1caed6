'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';
import { accessTabs, backfillTabs, customerTabs } from './places';

/** The lists about repairs; the navigation has one entry for them. */
export const RepairTabs = () => <Tabs label="Repairs" tabs={backfillTabs} />;

/** The lists about what is wrong; the navigation has one entry for them. */
export const WatchTabs = () => <Tabs label="Watch" tabs={customerTabs} />;

/** People’s sessions and programs’ tokens. */
export const AccessTabs = () => <Tabs label="Access" tabs={accessTabs} />;

function Tabs({ label, tabs }: { label: string; tabs: typeof backfillTabs }) {
  const path = usePathname();
  const [current] = tabs
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .toSorted((a, b) => b.href.length - a.href.length);
  return (
    <nav aria-label={label} className="-mb-1 flex gap-4 overflow-x-auto text-sm shadow-[inset_0_-1px_0_var(--line)]">
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          href={tab.href}
          aria-current={path === tab.href ? 'page' : undefined}
          className={cn(
            'whitespace-nowrap border-b-2 px-0.5 pb-1.5',
            tab === current ? 'border-accent font-medium text-text' : 'border-transparent text-muted hover:text-text',
          )}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
