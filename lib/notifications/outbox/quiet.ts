import { type HoursWindow, isInWindow } from '@/lib/hours-model';

/** Whether only urgent messages are sent now. */
export const isQuiet = (quiet: HoursWindow | null, nowMs: number): boolean =>
  quiet !== null && isInWindow(quiet, nowMs);
