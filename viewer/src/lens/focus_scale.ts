/**
 * The focus ring's scale: how far it is turned for a distance, and which distances are engraved.
 *
 * The turn is linear in inverse distance, as on a lens that is focused by moving its glass. So one pair of marks beside the
 * index shows the depth of field of an f-number at every distance.
 */

export interface FocusScale {
  /** Radians of turn for 1/m. */
  readonly turn_rad_m: number;
  /** The distance at the ring's near stop, metres. */
  readonly nearest_m: number;
}

export interface Engraving {
  /** Radians from the infinity mark; nearer distances are negative. */
  readonly turn_rad: number;
  /** null for a line without a number. */
  readonly text: string | null;
}

/** Where the depth-of-field mark of f/16 stands beside the index. */
const SIXTEEN_RAD = 0.62;
/** How near neighbouring numbers, numbers with more digits, and lines may come. */
const NUMBERS_RAD = 0.13;
const LONG_NUMBERS_RAD = 0.165;
const LINES_RAD = 0.028;

/**
 * A scale for a lens whose hyperfocal distance at f/16 is given, metres: a longer lens turns farther, so that its marks
 * for the depth of field stand where every lens has them.
 */
export function focusScale(hyperfocal_at_16_m: number, focal_length_mm: number): FocusScale {
  return { turn_rad_m: SIXTEEN_RAD * hyperfocal_at_16_m, nearest_m: Math.max(0.15, 2e-3 * focal_length_mm) };
}

/** Radians from the infinity mark, which is 0; nearer is negative. */
export function turnOf(scale: FocusScale, distance_m: number): number {
  return -scale.turn_rad_m / distance_m;
}

/** The distance at a turn, between the near stop and infinity. */
export function distanceAt(scale: FocusScale, turn_rad: number): number {
  const inverse = Math.min(1 / scale.nearest_m, -turn_rad / scale.turn_rad_m);
  return inverse <= 1e-9 ? Infinity : 1 / inverse;
}

/** How far from the index, radians, the mark of an f-number stands. */
export function depthMark(f_number: number): number {
  return (SIXTEEN_RAD * f_number) / 16;
}

interface Candidate {
  readonly distance_m: number;
  readonly digits: number;
  readonly room_rad: number;
}

/** Distances from the roundest to the finest; a number is engraved where the ones before leave room. */
function candidates(): readonly Candidate[] {
  const found: Candidate[] = [];
  const add = (decade: number, steps: readonly number[], digits: number, room_rad = NUMBERS_RAD): void => {
    for (const step of steps) {
      found.push({ distance_m: step * decade, digits: Math.max(0, digits - Math.round(Math.log10(decade))), room_rad });
    }
  };
  const decades = [1, 10, 0.1, 100];
  for (const steps of [[1], [5, 2], [3, 1.5, 7], [4, 6, 8, 2.5], [1.2, 9]]) {
    for (const decade of decades) for (const step of steps) add(decade, [step], Number.isInteger(step) ? 0 : 1);
  }
  for (const decade of decades) add(decade, range(1.1, 9.9, 0.1), 1, LONG_NUMBERS_RAD);
  for (const decade of decades) add(decade, range(1.02, 9.98, 0.02), 2, LONG_NUMBERS_RAD);
  return found;
}

function range(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
}

const CANDIDATES = candidates();

/** What is engraved on the ring, in no order. */
export function engravings(scale: FocusScale): readonly Engraving[] {
  const numbers: Engraving[] = [{ turn_rad: 0, text: "∞" }];
  const lines: Engraving[] = [];
  const near_rad = turnOf(scale, scale.nearest_m);
  const grid = new Set([0]);
  const hasRoom = (turn_rad: number, room_rad: number): boolean =>
    numbers.every((other) => Math.abs(other.turn_rad - turn_rad) >= room_rad);
  for (const { distance_m, digits, room_rad } of CANDIDATES) {
    const turn_rad = turnOf(scale, distance_m);
    if (turn_rad < near_rad - 1e-9) continue;
    if (hasRoom(turn_rad, room_rad)) {
      numbers.push({ turn_rad, text: distance_m.toFixed(digits) });
      grid.add(Math.round(turn_rad / LINES_RAD));
      continue;
    }
    const cell = Math.round(turn_rad / LINES_RAD);
    if (grid.has(cell) || grid.has(cell - 1) || grid.has(cell + 1)) continue;
    grid.add(cell);
    lines.push({ turn_rad, text: null });
  }
  return [...numbers, ...lines];
}
