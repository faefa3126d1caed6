import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { programPath } from '@/scripts/support/programs.mjs';
import { alertGroups, alertRules, panelExpressions } from '@/tests/support/monitoring';
import { type AlertCase, alertCases } from './alert-cases';

const folder = mkdtempSync(join(tmpdir(), 'slc-monitoring-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const promtool = programPath('promtool');
function run(...args: string[]): string {
  try {
    return execFileSync(promtool ?? '', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(stdout + stderr);
  }
}
const rules = alertRules();

it('the alerts are those of the documentation, which says what each means and what to do', () => {
  const rows = [
    ...readFileSync('docs/operations.md', 'utf8').matchAll(
      /^\| (Slc\w+) \| `([^`]+)`(?: for (\d+) m)? \| ([^|]+) \| ([^|]+) \|$/gm,
    ),
  ];
  expect(rows.map(([, name, expr, minutes]) => [name, expr, minutes && `${minutes}m`])).toEqual(
    rules.map((rule) => [rule.alert, rule.expr, rule.for]),
  );
});

it('every alert has a case that fires it and one that does not', () => {
  expect(Object.keys(alertCases).sort()).toEqual(rules.map(({ alert }) => alert).sort());
});

describe.skipIf(!promtool)('promtool', () => {
  const seconds = (rule: (typeof rules)[number]) => 60 * Number.parseInt(rule.for ?? '0', 10);
  const series = (values: Record<string, string>) =>
    Object.entries(values).map(([name, points]) => ({ series: name, values: points }));

  it('accepts the rules', () => {
    writeFileSync(join(folder, 'rules.json'), JSON.stringify(alertGroups()));
    expect(run('check', 'rules', 'rules.json')).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  it('finds that each alert fires when it is to, for what it is to, and is quiet otherwise', {
    timeout: 60_000,
  }, () => {
    writeFileSync(join(folder, 'rules.json'), JSON.stringify(alertGroups()));
    const testsOf = (rule: (typeof rules)[number], { fires, labels = [{}], quiet, also }: AlertCase): object[] => {
      // Just before its time is over it is quiet; a rate needs some minutes more.
      const early = `${Math.max(0, seconds(rule) - 60)}s`;
      const late = `${seconds(rule) + 1_200}s`;
      const expected = labels.map((more) => ({
        exp_labels: { ...rule.labels, ...more },
        exp_annotations: rule.annotations,
      }));
      const at = (eval_time: string, exp_alerts: object[]) => ({ eval_time, alertname: rule.alert, exp_alerts });
      const rising = seconds(rule) > 0 ? [at(early, [])] : [];
      const tests = [
        { name: `${rule.alert} fires`, values: fires, looks: [...rising, at(late, expected)] },
        { name: `${rule.alert} is quiet`, values: quiet, looks: [at(early, []), at(late, [])] },
      ].map(({ name, values, looks }) => ({
        name,
        interval: '1m',
        input_series: series(values),
        alert_rule_test: looks,
      }));
      return also ? [...tests, ...testsOf(rule, also)] : tests;
    };
    const tests = rules.flatMap((rule) => testsOf(rule, alertCases[rule.alert] ?? { fires: {}, quiet: {} }));
    writeFileSync(
      join(folder, 'tests.json'),
      JSON.stringify({ rule_files: ['rules.json'], evaluation_interval: '1m', tests }),
    );
    expect(run('test', 'rules', 'tests.json')).toContain('SUCCESS');
  });

  it('understands every expression of the dashboard', () => {
    const records = panelExpressions().map(({ expr }, at) => ({ record: `panel:${at}`, expr }));
    expect(records.length).toBeGreaterThan(20);
    writeFileSync(join(folder, 'panels.json'), JSON.stringify({ groups: [{ name: 'panels', rules: records }] }));
    expect(run('check', 'rules', 'panels.json')).toContain(`SUCCESS: ${records.length} rules found`);
  });
});
