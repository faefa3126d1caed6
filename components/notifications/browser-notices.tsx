'use client';

import dynamic from 'next/dynamic';
import { useSyncExternalStore } from 'react';
import { isWanted, onWanted } from './wanted';
import { onWatched, watchedOf, watchedText } from './watched';

const ShownNotices = dynamic(() => import('./shown-notices').then((module) => module.ShownNotices), { ssr: false });

const WatchedRuns = dynamic(() => import('./watched-runs').then((module) => module.WatchedRuns), { ssr: false });

/** Whether this browser shows notifications: the person turned them on, and the browser allows them. */
export const useWanted = (): boolean =>
  useSyncExternalStore(
    onWanted,
    () => isWanted() && 'Notification' in window && Notification.permission === 'granted',
    () => false,
  );

/** Notifications of this browser, where the person turned them on, and of the runs that they watch. */
export function BrowserNotices() {
  const watched = watchedOf(useSyncExternalStore(onWatched, watchedText, () => ''));
  return (
    <>
      {useWanted() && <ShownNotices />}
      {watched.length > 0 && <WatchedRuns runs={watched} />}
    </>
  );
}
