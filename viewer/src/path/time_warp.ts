/** Time warp: how far along its way something is at a time, so that its speed never jumps and it never turns back. */

import type { Controls } from "./ease";
import { eased, endSlopes, isLinear } from "./ease";
import { segmentOf, shareOf } from "./sorted_times";

/** Three times the mean speed at both ends is what a cubic stays monotone with: Fritsch and Carlson, 1980. */
const FASTEST = 3;

/** A smooth, monotone function of time. */
export interface TimeWarp {
  /** Ascending. */
  readonly times: readonly number[];
  /** How far along the way, never descending. */
  readonly knots: readonly number[];
  /** The ease of each segment. */
  readonly controls: readonly Controls[];
  /** Speeds at a segment's ends over its mean speed, as shares of the eased share. */
  readonly slopes: readonly (readonly [number, number])[];
}

/** How far along the way at a time; held before the first and after the last. */
export function warpAt(warp: TimeWarp, time: number): number {
  if (warp.times.length === 1) return warp.knots[0];
  const index = segmentOf(warp.times, time);
  const share = eased(warp.controls[index], shareOf(warp.times[index], warp.times[index + 1], time));
  const [begin, end] = [warp.knots[index], warp.knots[index + 1]];
  if (share === 1) return end;
  const [first, last] = warp.slopes[index];
  const within = Math.min(Math.max(share, 0), 1);
  // A cubic with given slopes from (0, 0) to (1, 1); where an ease overshoots it goes on straight.
  const rest = 1 - within;
  const way = within * (within * (3 - 2 * within) + rest * (first * rest - last * within));
  return begin + (way + Math.min(share, 0) * first + Math.max(share - 1, 0) * last) * (end - begin);
}

/**
 * The warp through (time, knot), with eases in its segments and rest where it is asked for.
 *
 * Without eases it is PCHIP: the speed at a knot is the weighted harmonic mean of the speeds beside it, 0 where it
 * stands still on one side. An ease runs inside its segment, bent so that at both ends the speed is that of the knot;
 * where an ease starts or ends at rest, the knot is at rest. `closed`: the last time is the first again, a round later.
 *
 * Source: Fritsch and Butland, A Method for Constructing Local Monotone Piecewise Cubic Interpolants, 1984.
 */
export function timeWarp(
  times: readonly number[], knots: readonly number[], controls: readonly Controls[], rests: readonly boolean[],
  closed: boolean,
): TimeWarp {
  if (times.length === 1) return { times, knots, controls, slopes: [] };
  const widths = steps(times);
  // Until a hold jumps it stands still.
  const means = steps(knots).map((step, i) => (controls[i] === "hold" ? 0 : step / widths[i]));
  const last = means.length;
  const speeds = speedsAt(widths, means, closed).map((speed, i) => (rests[i] ? 0 : speed));
  // At the ends of the path an ease is its own master.
  const free = (knot: number, segment: number): boolean =>
    !closed && (knot === 0 || knot === last) && !isLinear(controls[segment]) && !rests[knot];
  const factors = controls.map(endSlopes);
  for (let i = 0; i < last; i++) {
    speeds[i] = Math.min(speeds[i], limit(free(i, i), factors[i][0], means[i]));
  }
  for (let i = 0; i < last; i++) {
    speeds[i + 1] = Math.min(speeds[i + 1], limit(free(i + 1, i), factors[i][1], means[i]));
  }
  if (closed) speeds[0] = speeds[last] = Math.min(speeds[0], speeds[last]);
  const slopes = means.map((mean, i): readonly [number, number] => [
    free(i, i) ? 1 : slope(speeds[i], factors[i][0], mean),
    free(i + 1, i) ? 1 : slope(speeds[i + 1], factors[i][1], mean),
  ]);
  return { times, knots, controls, slopes };
}

function steps(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - values[i]);
}

/** How fast an ease lets a knot be passed. */
function limit(free: boolean, factor: number, mean: number): number {
  if (free) return Infinity;
  return factor <= 0 || mean === 0 ? 0 : FASTEST * factor * mean;
}

function slope(speed: number, factor: number, mean: number): number {
  return factor <= 0 || mean === 0 ? 1 : Math.min(speed / (factor * mean), FASTEST);
}

/** Speeds at the knots that keep a cubic monotone. */
function speedsAt(widths: readonly number[], means: readonly number[], closed: boolean): number[] {
  if (closed) {
    const inner = innerSpeeds([...widths, widths[0]], [...means, means[0]]);
    return [inner.at(-1)!, ...inner];
  }
  if (means.length === 1) return [means[0], means[0]];
  const first = endSpeed(widths[0], widths[1], means[0], means[1]);
  const last = endSpeed(widths.at(-1)!, widths.at(-2)!, means.at(-1)!, means.at(-2)!);
  return [first, ...innerSpeeds(widths, means), last];
}

function innerSpeeds(widths: readonly number[], means: readonly number[]): number[] {
  return widths.slice(1).map((width, i) => {
    const [before, after] = [widths[i] + 2 * width, 2 * widths[i] + width];
    return (before + after) / (before / means[i] + after / means[i + 1]);
  });
}

/** That of a parabola through three points, as far as it is monotone. */
function endSpeed(width: number, nextWidth: number, mean: number, nextMean: number): number {
  const speed = ((2 * width + nextWidth) * mean - width * nextMean) / (width + nextWidth);
  return Math.min(Math.max(speed, 0), FASTEST * mean);
}
