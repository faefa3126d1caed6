'use server';

import { EndSession, NewToken, RevokeToken } from '@/lib/auth/model';
import { action } from '@/lib/edge/action';
import { createToken as create } from './create-token';
import { endSession as end } from './end-session';
import { revokeToken as revoke } from './revoke-token';

/** Everybody ends their own sessions; the verb refuses another's to who may not. */
export const endSession = action({
  name: 'auth.endSession',
  permission: 'read',
  input: EndSession,
  stops: true,
  verb: end,
});

export const createToken = action({
  name: 'auth.createToken',
  permission: 'tokens.manage',
  input: NewToken,
  verb: create,
});

export const revokeToken = action({
  name: 'auth.revokeToken',
  permission: 'tokens.manage',
  input: RevokeToken,
  stops: true,
  verb: (ctx, { tokenId }, actor) => revoke(ctx, tokenId, actor),
});
