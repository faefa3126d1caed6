'use client';

import { Bell, BellOff } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import { isOver } from '@/components/backfill/run/status';
import { Button } from '@/components/ui/button';
import type { RunView } from '@/lib/backfill/state/model';
import { onWatched, watch, watchedOf, watchedText } from './watched';

/** Why this browser cannot tell of the end of a run; null where it can, or can be asked. */
function obstacleOf(): string | null {
  if (!window.isSecureContext) return 'A browser notifies only for pages that come over https.';
  if (!('Notification' in window)) return 'This browser cannot notify.';
  return Notification.permission === 'denied' ? 'This browser does not allow this console to notify you.' : null;
}

/** A button: the browser tells the person when the run ends, while the console is open in a tab. */
export function WatchRun({ run }: { run: RunView }) {
  const watched = watchedOf(useSyncExternalStore(onWatched, watchedText, () => ''));
  const [refused, setRefused] = useState<string | null>(null);
  if (isOver(run.status) || run.status === 'needs attention') return null;
  const isWatched = watched.includes(run.id);
  const ask = async () => {
    const obstacle = obstacleOf();
    if (obstacle === null && (await Notification.requestPermission()) === 'granted') return watch(run.id, true);
    setRefused(obstacle ?? 'This browser was not allowed to notify you.');
  };
  return (
    <>
      <Button look="ghost" aria-pressed={isWatched} onClick={() => (isWatched ? watch(run.id, false) : ask())}>
        {isWatched ? <BellOff aria-hidden className="size-3.5" /> : <Bell aria-hidden className="size-3.5" />}
        {isWatched ? 'Do not tell me' : 'Tell me when it ends'}
      </Button>
      {refused && (
        <span role="status" className="text-muted text-sm">
          {refused}
        </span>
      )}
    </>
  );
}
