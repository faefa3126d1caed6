import { readFileSync } from 'node:fs';
import { loadYaml } from '@kubernetes/client-node';
import { z } from 'zod';

const folder = 'deploy/components/monitoring';

const Rule = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
const Rules = z.object({
  spec: z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(Rule) })) }),
});
const Dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
});

/** The rules of the monitoring component, as Prometheus takes them. */
export const alertGroups = () => Rules.parse(loadYaml(readFileSync(`${folder}/alerts.yaml`, 'utf8'))).spec;
export const alertRules = () => alertGroups().groups.flatMap(({ rules }) => rules);

/** The expressions of its dashboard, with the panel. */
export const panelExpressions = () =>
  Dashboard.parse(JSON.parse(readFileSync(`${folder}/dashboard.json`, 'utf8'))).panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ title, expr })),
  );

/** Every series that a rule or a panel names, and the labels that it selects by. */
export function namedSeries(): { name: string; labels: string[] }[] {
  const expressions = [...alertRules(), ...panelExpressions()].map(({ expr }) => expr);
  return expressions.flatMap((expr) =>
    [...expr.matchAll(/\b(slc_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', selected = '']) => ({
      name,
      labels: [...selected.matchAll(/(\w+)\s*(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label),
    })),
  );
}

/** The names of the series in a text of metrics: of a histogram its three. */
export function seriesIn(text: string): Set<string> {
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
  );
  return new Set(names);
}
