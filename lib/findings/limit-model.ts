/** A mute ends at most this many days ahead, so that somebody looks again. */
export const muteDaysMost = 92;

export const noteMost = 2_000;
