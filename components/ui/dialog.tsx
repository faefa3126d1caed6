'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useAhead } from './ahead';
import type { DialogProps } from './dialog-body';

const load = () => import('./dialog-body');
const DialogBody = dynamic(() => load().then((module) => module.DialogBody), { ssr: false });

/** A dialog or panel whose code loads after the page. */
export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open);
  useAhead(load);
  if (props.open && !wanted) setWanted(true);
  return wanted ? <DialogBody {...props} /> : null;
}
