'use client';

import { usePerson } from './person';

/** How one tries an approval on the demo, where one person is two; nothing elsewhere. */
export function SecondPersonHint() {
  const { demo } = usePerson();
  if (!demo) return null;
  return (
    <p className="text-muted text-sm">
      On this demo you can be the second person too: open a private window, or sign out, and sign in as approver. That
      is another name, such as Demo approver.
    </p>
  );
}
