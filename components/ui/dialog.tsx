'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import type { DialogProps } from './dialog-body';

const DialogBody = dynamic(() => import('./dialog-body').then((module) => module.DialogBody), { ssr: false });

/** A dialog or panel whose code loads when it is first opened. */
export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open);
  if (props.open && !wanted) setWanted(true);
  return wanted ? <DialogBody {...props} /> : null;
}
