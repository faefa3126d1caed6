import type { z } from 'zod';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import { isConflict } from '@/lib/postgres/client';
import type { Context } from '@/lib/server/context';
import { Customer } from './model';
