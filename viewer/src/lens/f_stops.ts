/** F-stops in thirds, as they are engraved on lenses: the nominal numbers, and where between them a lens stands. */

/** From one third of a stop to the next; every third one is a full stop. */
export const THIRDS: readonly number[] = [
  0.5, 0.56, 0.63, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3.2, 3.5, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9,
  10, 11, 13, 14, 16, 18, 20, 22, 25, 29, 32, 36, 40, 45, 51, 57, 64, 72, 80, 90, 102, 114, 128,
];

/** The full stops among them. */
export const FULL_STOPS: readonly number[] = THIRDS.filter((_, index) => index % 3 === 0);

/** Thirds of a stop from f/0.5; whole for engraved numbers, evenly in the logarithm between them. */
export function thirdsOf(f_number: number): number {
  const next = THIRDS.findIndex((stop) => stop >= f_number);
  if (next === 0) return 0;
  if (next < 0) return THIRDS.length - 1;
  const low = THIRDS[next - 1];
  return next - 1 + Math.log(f_number / low) / Math.log(THIRDS[next] / low);
}

/** The f-number that many thirds of a stop from f/0.5; clamped to f/0.5 to f/128. */
export function fNumberAt(thirds: number): number {
  const at = Math.min(THIRDS.length - 1, Math.max(0, thirds));
  const low = Math.min(THIRDS.length - 2, Math.floor(at));
  const exact = THIRDS[low] * (THIRDS[low + 1] / THIRDS[low]) ** (at - low);
  return Number.isInteger(at) ? THIRDS[at] : Math.round(exact * 100) / 100;
}

/** The engraved number after (direction 1) or before (-1) this one, `count` thirds away. */
export function turnedStop(f_number: number, direction: 1 | -1, count = 1): number {
  const at = thirdsOf(f_number);
  // From between two numbers the first third ends at the next of them.
  const start = direction > 0 ? Math.floor(at + 1e-6) : Math.ceil(at - 1e-6);
  return fNumberAt(start + direction * count);
}
