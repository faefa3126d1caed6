import { ClickHouseError } from '@clickhouse/client';
import { expect, it } from 'vitest';
import { settingRefusal } from '@/lib/clickhouse/setting-refusal';

const refusal = (code: string, message: string) =>
  settingRefusal(new ClickHouseError({ code, message, type: 'X' }), 'slc_reader');

it.each([
  ['164', "Cannot modify 'max_execution_time' setting in readonly mode. ", 'max_execution_time', 'readonly = 1'],
  ['452', 'Setting max_memory_usage should not be changed. ', 'max_memory_usage', 'a constraint of its profile'],
  ['452', "Setting max_threads shouldn't be greater than 4. ", 'max_threads', 'a constraint of its profile'],
  ['452', "Setting max_rows_to_read shouldn't be less than 1. ", 'max_rows_to_read', 'a constraint of its profile'],
  ['115', "Unknown setting 'deduplicate_insert'. ", 'deduplicate_insert', 'this server does not know it'],
  [
    '115',
    'Setting log_comment is neither a builtin setting nor started with the prefix. ',
    'log_comment',
    'not know it',
  ],
])('code %s, "%s": names the setting %s and says why', (code, message, setting, why) => {
  const sentence = refusal(code, message);
  expect(sentence).toContain(`does not take the setting ${setting} from its user slc_reader`);
  expect(sentence).toContain(why);
  expect(sentence).toContain('deploy/clickhouse/users.sql');
});

it.each([
  ['164', 'Cannot execute query in readonly mode. '],
  ['60', "Setting max_threads shouldn't be greater than 4."],
])('code %s, "%s" is no refusal of a setting', (code, message) => {
  expect(refusal(code, message)).toBeNull();
});
