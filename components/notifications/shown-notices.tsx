'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { reads, routes } from '@/components/routes';
import { useLive } from '@/components/ui/live';
import type { News } from '@/lib/notifications/view-model';
import { alone, show } from './show';
import { takeNew } from './shown';

/** More than this many at once are one notice. */
const atOnceMost = 3;

/**
 * Shows what is new as notifications of the browser. Of several tabs one shows each, and nothing of it is on the page.
 */
export function ShownNotices() {
  const router = useRouter();
  const live = useLive<News[]>({ url: reads.news(), everyMs: 15_000, inBackground: true });
  const news = live.data;
  useEffect(() => {
    if (!news) return;
    void alone(() => {
      const fresh = takeNew(news);
      if (fresh.length > atOnceMost)
        return show({
          title: `${fresh.length} things are new`,
          body: fresh.map(({ title }) => title).join('\n'),
          tag: 'slc several',
          onClick: () => router.push(routes.notifications()),
        });
      for (const { id, title, line, path, resolution } of fresh)
        show({
          title: resolution === null ? title : `Resolved: ${title}`,
          body: resolution ?? line,
          tag: `slc ${id}`,
          onClick: () => router.push(path as Parameters<typeof router.push>[0]),
        });
    });
  }, [news, router]);
  return null;
}
