/** Focus pull: how the focus lags behind what it follows. */

import { JUST_BEFORE_S } from "./clock";
import { segmentOf } from "./sorted_times";

/** The lag runs on a clock of its own, so that the frame rate does not change it. */
const TICKS_PER_S = 240;

/**
 * What follows a target with a first-order lag, tau y' = x - y: behind a steady ramp it is exactly `lag_s` late.
 *
 * Solved exactly for a target that is straight between 240 moments a second and its corners (first-order hold;
 * Franklin, Powell and Workman, Digital Control of Dynamic Systems, section 6.3). It starts settled, in a loop as it
 * has become after many rounds. What it returns tells it from `begin_s` to `end_s`.
 *
 * corners_s: times at which the target bends or, seen from before, jumps. loops: the end is the beginning again.
 */
export function lagged(
  target: (time_s: number) => number, lag_s: number, begin_s: number, end_s: number, corners_s: readonly number[],
  loops: boolean,
): (time_s: number) => number {
  const ticks_s = ticksOf(begin_s, end_s, corners_s);
  const aim = ticks_s.map(target);
  // The end is the beginning again, which the target tells as such; seen from before it may be another.
  if (loops) aim[aim.length - 1] = target(end_s - JUST_BEFORE_S);
  const after = (tick: number, followed: number, passed_s: number): number => {
    const gained = -Math.expm1(-passed_s / lag_s);
    const slope = (aim[tick + 1] - aim[tick]) / (ticks_s[tick + 1] - ticks_s[tick]);
    return followed + (aim[tick] - followed) * gained + slope * (passed_s - lag_s * gained);
  };
  const run = (start: number): number[] => {
    const follower = [start];
    for (let tick = 0; tick + 1 < ticks_s.length; tick++) {
      follower.push(after(tick, follower[tick], ticks_s[tick + 1] - ticks_s[tick]));
    }
    return follower;
  };
  let follower = run(aim[0]);
  if (loops) {
    const whole = -Math.expm1(-(end_s - begin_s) / lag_s);
    follower = run(aim[0] + (follower.at(-1)! - aim[0]) / whole);
  }
  return (time_s) => {
    const tick = segmentOf(ticks_s, time_s);
    return after(tick, follower[tick], time_s - ticks_s[tick]);
  };
}

function ticksOf(begin_s: number, end_s: number, corners_s: readonly number[]): number[] {
  const even_s = Array.from({ length: Math.ceil((end_s - begin_s) * TICKS_PER_S) }, (_, i) => begin_s + i / TICKS_PER_S);
  const inside_s = corners_s.filter((corner_s) => corner_s > begin_s + JUST_BEFORE_S && corner_s < end_s);
  // Just before a corner too: a jump takes no time.
  const all_s = [...even_s, ...inside_s, ...inside_s.map((corner_s) => corner_s - JUST_BEFORE_S), end_s];
  return [...new Set(all_s)].filter((tick_s) => tick_s <= end_s).sort((one, other) => one - other);
}
