import type { Metadata } from 'next';
import { TokensScreen } from '@/components/auth/tokens-screen';
import { load, openPage } from '@/lib/edge/page';
import { listTokens } from '@/lib/sign-in/list-tokens';

export const metadata: Metadata = { title: 'Access tokens' };

export default async function TokensPage() {
  await openPage('/tokens');
  const initial = await load('page.tokens', 'tokens.manage', (ctx) => listTokens(ctx));
  return <TokensScreen initial={initial} />;
}
