import type { TokenView } from '@/lib/auth/model';
import { selectTokens } from '@/lib/auth/sql/tokens';
import type { Db } from '@/lib/postgres/client';

/** Every token with its state, valid ones first; never its text. */
export const listTokens = ({ db }: { db: Db }): Promise<TokenView[]> => db.query(selectTokens);
