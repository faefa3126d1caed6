'use client';

import dynamic from 'next/dynamic';

/** The page of a customer as it was known at a moment, which few look at. */
export const PastScreen = dynamic(() => import('./past-screen').then((module) => module.PastScreen));
