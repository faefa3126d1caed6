import { config } from 'zod';

// Before any schema is made: zod would else try whether it may compile them, which the content policy refuses and reports.
config({ jitless: true });
