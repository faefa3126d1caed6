/** How many beats are requested within the time that an engine may be silent. */
const beats = 4;

type Options = {
  /** How long an engine may be silent before `lost` is called, once. */
  silentMaxMs: number;
  /** Resolves when the engine answers. */
  beat: () => Promise<unknown>;
  lost: () => void;
};

/**
 * Detects an engine process that is alive but does not answer. Its event loop answers, not its threads, so that heavy
 * work is not mistaken for silence. Beats are counted instead of comparing clocks, so that nothing is killed after a
 * sleep.
 */
export function createHeartbeat({ silentMaxMs, beat, lost }: Options) {
  let unanswered = 0;
  const timer = setInterval(() => {
    unanswered += 1;
    if (unanswered === 1) ask();
    else if (unanswered > beats) {
      clearInterval(timer);
      lost();
    }
  }, silentMaxMs / beats);
  timer.unref();

  function ask() {
    beat().then(
      () => {
        unanswered = 0;
      },
      // The end of the process is handled elsewhere.
      () => clearInterval(timer),
    );
  }

  return {
    /** There was no answer for a whole interval: the engine hangs, or will answer late. */
    silent: () => unanswered > 1,
    stop: () => clearInterval(timer),
  };
}
export type Heartbeat = ReturnType<typeof createHeartbeat>;
