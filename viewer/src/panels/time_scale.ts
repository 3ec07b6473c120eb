/** TimeScale: how the seconds of a timeline lie along its width. */

const LENGTHS_S = [5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600];
const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
/** Room for a time in words. */
const LABEL_PX = 84;

/** How many seconds a timeline shows of a path that ends at end_s: round, with room behind the end. */
export function shownLength_s(end_s: number): number {
  const wanted_s = end_s * 1.1;
  const last_s = LENGTHS_S.at(-1)!;
  return LENGTHS_S.find((length_s) => length_s >= wanted_s) ?? Math.ceil(wanted_s / last_s) * last_s;
}

export interface Tick {
  readonly time_s: number;
  /** null between the times that are written. */
  readonly text: string | null;
}

/** The lines of a ruler, written as often as there is room. */
export function ticks(length_s: number, width_px: number): readonly Tick[] {
  const step_s = STEPS_S.find((each_s) => (each_s / length_s) * width_px >= LABEL_PX) ?? length_s;
  const parts = step_s === 0.2 || step_s === 2 ? 4 : 5;
  const count = Math.floor((length_s / step_s) * parts + 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => ({
    time_s: (at * step_s) / parts,
    text: at % parts === 0 ? tickText((at / parts) * step_s) : null,
  }));
}

function tickText(time_s: number): string {
  const seconds = String(Math.round(time_s * 10) / 10);
  return time_s < 60 ? seconds : clockText(time_s, 0);
}

/** A time as players show it, "0:04.50". */
export function clockText(time_s: number, digits = 2): string {
  const unit = 10 ** digits;
  const rounded_s = Math.round(time_s * unit) / unit;
  const minutes = Math.floor(rounded_s / 60);
  return `${minutes}:${(rounded_s - 60 * minutes).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, "0")}`;
}
