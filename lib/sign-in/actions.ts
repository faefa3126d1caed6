'use server';

import { EndSession } from '@/lib/auth/model';
import { action } from '@/lib/edge/action';
import { endSession as end } from './end-session';

/** Everybody ends their own sessions; the verb refuses another's to who may not. */
export const endSession = action({
  name: 'auth.endSession',
  permission: 'read',
  input: EndSession,
  stops: true,
  verb: end,
});
