import type { ClickHouseError } from '@clickhouse/client';

/** 115 no such setting, 164 readonly = 1, 452 a constraint of the profile. */
const codes = new Set(['115', '164', '452']);

/**
 * The sentence for a profile or a server that does not take a setting that the console sends; null for other errors.
 * ClickHouse names it as "Cannot modify 'x' setting in readonly mode", "Setting x should not be changed", "Setting x
 * shouldn't be greater than 10" and "Unknown setting 'x'" (src/Access/SettingsConstraints.cpp).
 */
export function settingRefusal({ code, message }: ClickHouseError, user: string): string | null {
  if (!codes.has(code)) return null;
  const [, setting] =
    message
      .match(/modify '(\w+)'|[Ss]etting '?(\w+?)'? (?:should|is|in )|[Uu]nknown setting '?(\w+)/)
      ?.filter((part) => part !== undefined) ?? [];
  if (setting === undefined) return null;
  const why =
    code === '115'
      ? 'this server does not know it'
      : code === '164'
        ? 'its profile has readonly = 1, which forbids every setting; 2 is right'
        : 'a constraint of its profile forbids the value';
  return `ClickHouse does not take the setting ${setting} from its user ${user}: ${why}. Nothing was changed by this request. The profile that the console needs is in deploy/clickhouse/users.sql.`;
}
