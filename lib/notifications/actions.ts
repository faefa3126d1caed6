'use server';

import { action } from '@/lib/edge/action';
import { RetryDeliveries, SetRule, TestChannel } from './input-model';
import { retryDeliveries as retry } from './retry-deliveries';
import { setRule as set } from './set-rule';
import { testChannel as test } from './test-channel';

export const setRule = action({
  name: 'notifications.set-rule',
  permission: 'notifications.manage',
  input: SetRule,
  verb: set,
});

export const testChannel = action({
  name: 'notifications.test',
  permission: 'notifications.manage',
  input: TestChannel,
  verb: test,
});

export const retryDeliveries = action({
  name: 'notifications.retry',
  permission: 'notifications.manage',
  input: RetryDeliveries,
  verb: retry,
});
