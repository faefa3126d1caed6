'use server';

import { action } from '@/lib/edge/action';
import { decideApproval as decide } from './decide-approval';
import { DecideApproval, WithdrawApproval } from './model';
import { withdrawApproval as withdraw } from './withdraw-approval';

export const decideApproval = action({
  name: 'approval.decide',
  permission: 'backfill.approve',
  input: DecideApproval,
  verb: decide,
});

export const withdrawApproval = action({
  name: 'approval.withdraw',
  permission: 'backfill.run',
  input: WithdrawApproval,
  stops: true,
  verb: withdraw,
});
