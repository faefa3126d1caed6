import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes each value of `evidence` as a JSON file into the folder `evidence`. */
export function keepEvidence(dataDir: string, evidence: object): void {
  mkdirSync(join(dataDir, 'evidence'), { recursive: true });
  for (const [name, value] of Object.entries(evidence))
    writeFileSync(join(dataDir, 'evidence', `${name}.json`), `${JSON.stringify(value, null, 2)}\n`);
}
