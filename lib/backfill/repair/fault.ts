import type { Config } from '@/lib/config';
import type { StepName } from '../state/name-model';

/**
 * Ends this process with SIGKILL at the point that `SLC_FAULT` names, and does nothing unless that is set. `before` is
 * after a step's row and before its act, `after` is after the act and before its record: where a crash hurts.
 */
export function fault(config: Config, point: 'before' | 'after', step: StepName): void {
  if (config.backfill.faultAt === `${point}:${step}`) process.kill(process.pid, 'SIGKILL');
}
