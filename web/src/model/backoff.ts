// How long to wait before trying again, so that a thousand browsers do not
// return to a restarted server in the same instant.

const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** A wait before attempt `attempt` (from 0): doubling, and anywhere in its upper half. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
