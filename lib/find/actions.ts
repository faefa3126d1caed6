'use server';

import { action } from '@/lib/edge/action';
import { findAnything as find } from './find-anything';
import { FindInput } from './find-input';

export const findAnything = action({
  name: 'find.anything',
  permission: 'read',
  input: FindInput,
  verb: find,
});
