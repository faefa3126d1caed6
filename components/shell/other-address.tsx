'use client';

import { useEffect, useState } from 'react';

/**
 * Says before anybody presses a button that every button will be refused: the browser shows an address that is none of
 * the console's `origins`, of which the first is the configured one.
 */
export function OtherAddress({ origins }: { origins: [string, ...string[]] }) {
  const [opened, setOpened] = useState('');
  useEffect(() => setOpened(window.location.origin), []);
  if (opened === '' || origins.includes(opened)) return null;
  const [right] = origins;
  return (
    <p role="alert" className="border-attention/40 border-b bg-attention-soft px-4 py-2 text-center text-sm">
      You opened the console at {opened}, and it is set up for{' '}
      <a href={right} className="underline">
        {right}
      </a>
      . Every button is refused here: open it there, or have SLC_BASE_URL corrected.
    </p>
  );
}
