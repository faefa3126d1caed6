import type { Config } from '@/lib/config';
import type { StepName } from '../state/states';

/**
 * Ends this process with SIGKILL at the point that `SLC_FAULT` names; does nothing unless it is set. `before` stands
 * between a step's row and its act, `after` between the act and its record: where a crash hurts.
 */
export function fault(config: Config, point: 'before' | 'after', step: StepName): void {
  if (config.backfill.faultAt === `${point}:${step}`) process.kill(process.pid, 'SIGKILL');
}
