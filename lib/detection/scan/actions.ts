'use server';

import { z } from 'zod';
import { action } from '@/lib/edge/action';
import { quickCheck as check } from '../judge/quick-check';
import { QuickCheck, RequestScan } from '../model';
import { cancelScan as cancel } from './cancel-scan';
import { requestScan as request } from './request-scan';
import { resumeScan as resume } from './resume-scan';

export const quickCheck = action({
  name: 'detection.quickCheck',
  permission: 'read',
  input: QuickCheck,
  verb: check,
});

export const requestScan = action({
  name: 'detection.requestScan',
  permission: 'scan.run',
  input: RequestScan,
  verb: request,
});

export const cancelScan = action({
  name: 'detection.cancelScan',
  permission: 'scan.run',
  input: z.object({ scanId: z.uuid() }),
  stops: true,
  verb: cancel,
});

export const resumeScan = action({
  name: 'detection.resumeScan',
  permission: 'scan.run',
  input: z.object({ scanId: z.uuid() }),
  verb: resume,
});
