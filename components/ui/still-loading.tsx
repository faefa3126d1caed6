'use client';

import { useEffect, useState } from 'react';

const lateMs = 5_000;

/** Says so where a page takes long, so that nobody waits before grey bars without a word. */
export function StillLoading() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), lateMs);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <p className="text-muted text-sm">
      This takes longer than usual: an engine is slow to answer. The page appears once it does. Health says which engine
      is slow.
    </p>
  );
}
