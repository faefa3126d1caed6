import type { z } from 'zod';
import { about, Whole } from './config-variable';

/** The limits above which work is held until they hold again. */
export const holdsEnvironment = {
  SLC_HOLD_MUTATIONS: Whole.default(0).meta(
    about('Work on a label table waits while more mutations of others than this are unfinished on it.'),
  ),
  SLC_HOLD_RUNNING_MUTATIONS: Whole.default(10).meta(
    about('Work waits while a server of the cluster mutates more parts than this at the same time (`PartMutation`).'),
  ),
  SLC_HOLD_PARTS: Whole.default(150).meta(
    about('Work on a label table waits while one of its partitions has more parts than this.'),
  ),
  SLC_HOLD_REPLICA_SECONDS: Whole.default(300).meta(
    about('Work on a label table waits while one of its replicas is behind by more seconds than this.'),
  ),
  SLC_HOLD_DISK_PERCENT: Whole.max(100)
    .default(5)
    .meta(about('Work waits while less than this percentage of a disk of the cluster is free.')),
  SLC_HOLD_ERROR_PERCENT: Whole.max(100)
    .default(20)
    .meta(
      about(
        'Work waits while more than this percentage of the worker’s own statements of the last minute failed, because ClickHouse did not answer them or took no more.',
      ),
    ),
};

type HoldsEnvironment = { [Name in keyof typeof holdsEnvironment]: z.output<(typeof holdsEnvironment)[Name]> };

/** By what is counted. A replica that cannot be written to always holds. */
export const holdsConfig = (e: HoldsEnvironment) => ({
  mutations: e.SLC_HOLD_MUTATIONS,
  'running mutations': e.SLC_HOLD_RUNNING_MUTATIONS,
  parts: e.SLC_HOLD_PARTS,
  'read-only replicas': 0,
  'replica delay': e.SLC_HOLD_REPLICA_SECONDS,
  'free disk': e.SLC_HOLD_DISK_PERCENT,
  errors: e.SLC_HOLD_ERROR_PERCENT,
});
