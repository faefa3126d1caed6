'use client';

import { useState, useSyncExternalStore } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Tone } from '@/components/ui/tone';
import { useWanted } from './browser-notices';
import { forgetShown } from './shown';
import { onWanted, want } from './wanted';

type Can = NotificationPermission | 'impossible' | 'unsafe';

/** What this browser allows. A page that does not come over https, or from this machine, is not even allowed to ask. */
function permission(): Can {
  if (!window.isSecureContext) return 'unsafe';
  return 'Notification' in window ? Notification.permission : 'impossible';
}

const refused: Record<'denied' | 'impossible' | 'unsafe', string> = {
  denied:
    'This browser does not allow this console to notify you. Allow it in the settings of this page (the sign beside the address), and load the page again.',
  impossible: 'This browser cannot notify.',
  unsafe: 'A browser notifies only for pages that come over https.',
};

/** Notifications of this browser, for this person, while the console is open in a tab. */
export function BrowserChannel() {
  const wanted = useWanted();
  const can = useSyncExternalStore(onWanted, permission, () => 'default' as const);
  const [asking, setAsking] = useState(false);
  const isRefused = can === 'denied' || can === 'impossible' || can === 'unsafe';
  const tone: Tone = isRefused ? 'unknown' : wanted ? 'verified' : 'waiting';
  const turnOn = async () => {
    setAsking(true);
    if (can === 'default') await Notification.requestPermission();
    forgetShown();
    want(true);
    setAsking(false);
  };
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-4 text-sm">
      <div className="flex items-center justify-between gap-3">
        <h2 className="font-semibold">This browser</h2>
        <Badge tone={tone}>{isRefused ? 'not allowed' : wanted ? 'on' : 'off'}</Badge>
      </div>
      <p>
        {isRefused
          ? refused[can]
          : 'Shows what is new while the console is open in a tab. Each person turns it on in each browser.'}
      </p>
      {!isRefused && (
        <div className="mt-auto pt-1">
          {wanted ? (
            <Button size="sm" onClick={() => want(false)}>
              Turn off
            </Button>
          ) : (
            <Button size="sm" disabled={asking} onClick={turnOn}>
              Turn on
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
