import { afterAll } from 'vitest';
import { dropFreshDatabases } from './fresh';

afterAll(dropFreshDatabases);
