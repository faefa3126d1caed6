'use client';

import dynamic from 'next/dynamic';
import { useSyncExternalStore } from 'react';
import { isWanted, onWanted } from './wanted';

const ShownNotices = dynamic(() => import('./shown-notices').then((module) => module.ShownNotices), { ssr: false });

/** Whether this browser shows notifications: the person turned them on, and the browser allows them. */
export const useWanted = (): boolean =>
  useSyncExternalStore(
    onWanted,
    () => isWanted() && 'Notification' in window && Notification.permission === 'granted',
    () => false,
  );

/** Notifications of this browser, where the person turned them on. */
export function BrowserNotices() {
  return useWanted() ? <ShownNotices /> : null;
}
