import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exitCodeHelp, exitCodeOf, exitCodes } from '@/bin/cli/exit-codes';
import { AppError, errorCodes } from '@/lib/errors';

const docs = readFileSync('docs/cli.md', 'utf8');

test('docs and help name every exit code', () => {
  for (const code of Object.values(exitCodes)) {
    expect(docs).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
    expect(exitCodeHelp).toMatch(new RegExp(`^ +${code} `, 'm'));
  }
});

test('every expected failure has an exit code of its kind, anything else 1', () => {
  for (const code of errorCodes) expect([2, 3, 4]).toContain(exitCodeOf(new AppError(code, 'x')));
  expect(exitCodeOf(new Error('x'))).toBe(1);
});

test('docs name every verb and the scan’s counts', () => {
  for (const verb of ['customers add', 'customers list', 'customers discover', 'customers check', 'scan', 'plan'])
    expect(docs).toContain(`\`${verb}`);
  for (const verb of ['tokens create', 'tokens list', 'tokens revoke', 'sessions list', 'sessions revoke'])
    expect(docs).toContain(`\`${verb}`);
  for (const verb of ['audit list', 'audit export', 'audit verify', 'audit row']) expect(docs).toContain(`\`${verb}`);
  for (const verb of ['backfill', 'runs list', 'runs show', 'active-days', 'demo reset'])
    expect(docs).toContain(`\`${verb}`);
  expect(docs).toContain(
    'days: [{day, conversations, affected, stale, duplicates, missing, orphans, open, settling, flags: {wrongAgent, ...},',
  );
});
