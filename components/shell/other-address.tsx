'use client';

import { useEffect, useState } from 'react';

/**
 * Warns that every button will be refused, because the browser opened the console at an address that is not one of its
 * `origins`. The first of them is the configured one.
 */
export function OtherAddress({ origins }: { origins: [string, ...string[]] }) {
  const [opened, setOpened] = useState('');
  useEffect(() => setOpened(window.location.origin), []);
  if (opened === '' || origins.includes(opened)) return null;
  const [right] = origins;
  return (
    <p role="alert" className="border-attention/40 border-b bg-attention-soft px-4 py-2 text-center text-sm">
      You opened the console at {opened}, but it is set up for{' '}
      <a href={right} className="underline">
        {right}
      </a>
      . Every button is refused here. Open it there, or ask an administrator to correct SLC_BASE_URL.
    </p>
  );
}
