import { route } from '@/lib/edge/route';
import { LedgerAddress } from '@/lib/findings/address';
import { ledger } from '@/lib/findings/ledger';

export const GET = route({ name: 'api.ledger', permission: 'read', input: LedgerAddress, read: ledger });
