import { ConversationsFileAddress, conversationsQueryOf } from '@/lib/detection/view/address';
import { exportConversations } from '@/lib/detection/view/export-conversations';
import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.conversationsFile',
  permission: 'read',
  input: ConversationsFileAddress,
  read: async (ctx, { format, ...address }) =>
    fileResponse(
      { name: `conversations-${address.customer}-${address.day}`, format },
      await exportConversations(ctx, { query: conversationsQueryOf(address), format }),
    ),
});
