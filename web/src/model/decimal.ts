// Exact decimal numbers, as far as comparing them needs.
//
// Decimals travel as strings; a float would call two different amounts equal.

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
const MOST_DIGITS = 1_000;

interface Decimal {
  /** The number times 10^fraction. */
  readonly digits: bigint;
  readonly fraction: number;
}

function parse(value: unknown): Decimal | undefined {
  const match = NUMBER.exec(typeof value === "number" ? String(value) : String(value ?? ""));
  if (!match) return undefined;
  const [, sign = "", whole = "", decimals = "", exponent = "0"] = match;
  const fraction = decimals.length - Number(exponent);
  if (whole.length + decimals.length + Math.abs(Number(exponent)) > MOST_DIGITS) return undefined;
  const digits = BigInt(sign + whole + decimals);
  return fraction >= 0
    ? { digits, fraction }
    : { digits: digits * 10n ** BigInt(-fraction), fraction: 0 };
}

export function isDecimal(value: unknown): boolean {
  return parse(value) !== undefined;
}

/** Their order, or nothing when one of them is no number. */
export function compareDecimals(left: unknown, right: unknown): number | undefined {
  const a = parse(left);
  const b = parse(right);
  if (!a || !b) return undefined;
  const scale = Math.max(a.fraction, b.fraction);
  const difference =
    a.digits * 10n ** BigInt(scale - a.fraction) - b.digits * 10n ** BigInt(scale - b.fraction);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** How many digits stand after the point, zeros at the end left out. */
export function decimalPlaces(value: unknown): number {
  const number = parse(value);
  if (!number) return 0;
  let { digits, fraction } = number;
  while (fraction > 0 && digits % 10n === 0n) {
    digits /= 10n;
    fraction -= 1;
  }
  return fraction;
}

/** One step up or down from a whole number. */
export function stepped(value: string, step: 1 | -1): string {
  return /^-?\d{1,15}$/.test(value) ? String(BigInt(value) + BigInt(step)) : value;
}
