/** How days are put together into units of repair: see `unitsOf`. */
export const unitChoices = ['joined', 'day', 'tight'] as const;

export type UnitChoice = (typeof unitChoices)[number];

/** Where a cancelled run stops: the next place with every label, the day's end, or after the delete, in those words. */
export const cancelPoints = ['step', 'day', 'delete'] as const;

export type CancelPoint = (typeof cancelPoints)[number];

export const controls = [
  'cancel after step',
  'cancel after day',
  'cancel after delete',
  'pause',
  'resume',
  'retry',
  'relabel only',
  'close',
] as const;

export type Control = (typeof controls)[number];

export const isCancel = (control: Control): boolean => control.startsWith('cancel');
