'use server';

import { action } from '@/lib/edge/action';
import { askOrder as ask } from './ask-order';
import { endOrder as end } from './end-order';
import { AskOrder, EndOrder, ProposeOrder } from './model';
import { proposeOrder as propose } from './propose-order';

export const proposeOrder = action({
  name: 'order.propose',
  permission: 'backfill.run',
  input: ProposeOrder,
  verb: propose,
});

export const askOrder = action({ name: 'order.ask', permission: 'backfill.run', input: AskOrder, verb: ask });

export const endOrder = action({
  name: 'order.end',
  permission: 'backfill.control',
  input: EndOrder,
  stops: true,
  verb: end,
});
