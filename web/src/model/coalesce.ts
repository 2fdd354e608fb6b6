// Many requests to do the same thing become few, and the last one always counts.

/**
 * Runs `perform` at once, and again after it has ended when it was asked for
 * meanwhile: under a stream of requests it runs back to back with `restMs`
 * between, never twice at a time, and never starves.
 */
export function coalesce(perform: () => Promise<unknown>, restMs: number): () => void {
  let isRunning = false;
  let isWanted = false;
  const run = async () => {
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      await perform().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
