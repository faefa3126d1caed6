import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { readGlossary } from '@/lib/help/read-glossary';

export const GET = route({
  name: 'api.glossary',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: readGlossary,
});
