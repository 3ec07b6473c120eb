/** Clock: the time that a path's values run by. It stands still while a keyframe is held, and a loop winds it back. */

import type { Keyframe } from "./keyframe";
import { modulo } from "./modulo";
import { countUpTo } from "./sorted_times";

/** A moment this near a keyframe's time is meant to be at it. */
const SAME_TIME_S = 1e-9;
/** Ahead of a jump, by as little as can be told from it. */
export const JUST_BEFORE_S = 4e-9;

/** When each keyframe begins and how long it is held. */
export interface Clock {
  /** When keyframes begin, by the path's own time. */
  readonly time_s: readonly number[];
  readonly hold_s: readonly number[];
  /** When they begin on the clock that stands still meanwhile. */
  readonly running_s: readonly number[];
  /** From the last back to the first; null for a path that ends. */
  readonly loop_s: number | null;
  /** Running time of one round of a loop; null for a path that ends. */
  readonly period_s: number | null;
  /** The path's own time at the end of the last hold, or of the way back. */
  readonly end_s: number;
}

export function clockOf(keyframes: readonly Keyframe[], loop_s: number | null): Clock {
  const time_s = keyframes.map((key) => key.time_s);
  const hold_s = keyframes.map((key) => key.hold_s);
  let held_s = 0;
  const running_s = keyframes.map((key) => {
    const running = key.time_s - held_s;
    held_s += key.hold_s;
    return running;
  });
  const period_s = loop_s === null ? null : running_s.at(-1)! - running_s[0] + loop_s;
  return { time_s, hold_s, running_s, loop_s, period_s, end_s: time_s.at(-1)! + hold_s.at(-1)! + (loop_s ?? 0) };
}

/** The path's own time as one within it: a loop goes round, a path that ends stands before its start and after its end. */
export function within(clock: Clock, time_s: number): number {
  const first_s = clock.time_s[0];
  if (clock.loop_s === null) return Math.min(Math.max(time_s, first_s), clock.end_s);
  return first_s + modulo(time_s - first_s, clock.end_s - first_s);
}

/** Running time at the path's own time. */
export function runningAt(clock: Clock, time_s: number): number {
  let now_s = within(clock, time_s);
  const next = Math.min(countUpTo(clock.time_s, now_s - SAME_TIME_S), clock.time_s.length - 1);
  if (Math.abs(clock.time_s[next] - now_s) <= SAME_TIME_S) now_s = clock.time_s[next]!;
  const key = countUpTo(clock.time_s, now_s) - 1;
  // Of what has passed since the last keyframe began, its hold does not count.
  return clock.running_s[key] + Math.max(now_s - clock.time_s[key] - clock.hold_s[key], 0);
}
