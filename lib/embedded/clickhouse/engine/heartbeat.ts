/** A beat is asked for this often within the time that an engine may be silent. */
const beats = 4;

type Options = {
  /** How long an engine may be silent before `lost` is called, once. */
  silentMaxMs: number;
  /** Resolves when the engine answers. */
  beat: () => Promise<unknown>;
  lost: () => void;
};

/**
 * Sees an engine process that lives and answers no more. Its event loop answers, not its threads, so that hard work is
 * never taken for silence; beats are counted, not clocks compared, so that a machine that slept kills nothing.
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
      // Its end is seen elsewhere.
      () => clearInterval(timer),
    );
  }

  return {
    /** No answer for a whole interval: the engine hangs, or is about to answer late. */
    silent: () => unanswered > 1,
    stop: () => clearInterval(timer),
  };
}
export type Heartbeat = ReturnType<typeof createHeartbeat>;
