'use server';

import { action } from '@/lib/edge/action';
import { muteFinding as mute, noteFinding as note, ownFinding as own, unmuteFinding as unmute } from './change-finding';
import { acknowledgeMiss as acknowledge } from './misses/acknowledge-miss';
import { AcknowledgeMiss } from './misses/model';
import { MuteFinding, NoteFinding, OwnFinding, UnmuteFinding } from './model';

export const muteFinding = action({
  name: 'finding.mute',
  permission: 'findings.manage',
  input: MuteFinding,
  verb: mute,
});

export const unmuteFinding = action({
  name: 'finding.unmute',
  permission: 'findings.manage',
  input: UnmuteFinding,
  verb: unmute,
});

export const ownFinding = action({ name: 'finding.own', permission: 'findings.manage', input: OwnFinding, verb: own });

export const noteFinding = action({
  name: 'finding.note',
  permission: 'findings.manage',
  input: NoteFinding,
  verb: note,
});

export const acknowledgeMiss = action({
  name: 'miss.acknowledge',
  permission: 'findings.manage',
  input: AcknowledgeMiss,
  verb: acknowledge,
});
