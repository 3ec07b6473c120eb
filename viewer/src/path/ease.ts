/** Eases: how much of the way is done after a share of the time. */

import type { EaseRecord } from "./path_record";

/** The two inner control points x1, y1, x2, y2 of a cubic Bezier curve from (0, 0) to (1, 1). A hold has none. */
export type Controls = readonly [number, number, number, number] | "hold";

/** As CSS names them. */
const NAMED: Readonly<Record<Extract<EaseRecord, string>, Controls>> = {
  linear: [0, 0, 1, 1],
  in: [0.42, 0, 1, 1],
  out: [0, 0, 0.58, 1],
  "in-out": [0.42, 0, 0.58, 1],
  hold: "hold",
};
export const LINEAR = NAMED.linear;
/** Halving alone needs 53 steps to the last bit. */
const MOST_STEPS = 64;

export function controlsOf(ease: EaseRecord): Controls {
  return typeof ease === "string" ? NAMED[ease] : ease;
}

/** Whether it is no ease: the way goes with the time. */
export function isLinear(controls: Controls): boolean {
  return controls !== "hold" && controls[0] === controls[1] && controls[2] === controls[3];
}

/**
 * The share of the way after a share of the time, 0 to 1 each; the way may overshoot where a control point does.
 *
 * The curve's parameter is found by Newton's steps, halved where they leave the bracket, so that flat and steep curves
 * are found as surely. Source: CSS Easing Functions Level 1, cubic-bezier().
 */
export function eased(controls: Controls, share: number): number {
  if (controls === "hold") return Math.floor(share);
  if (isLinear(controls) || share <= 0 || share >= 1) return share;
  const [x1, y1, x2, y2] = controls;
  return bezier(y1, y2, parameterOf(x1, x2, share));
}

function bezier(first: number, second: number, at: number): number {
  return at * (3 * first * (1 - at) ** 2 + at * (3 * second * (1 - at) + at));
}

/** Where on the curve its x is `x`; x grows along it, since the control points' x lie within 0 to 1. */
function parameterOf(x1: number, x2: number, x: number): number {
  let [low, high, at] = [0, 1, x];
  for (let step = 0; step < MOST_STEPS; step++) {
    const over = bezier(x1, x2, at) - x;
    if (over === 0) return at;
    if (over < 0) low = at;
    else high = at;
    const slope = 3 * (x1 * (1 - at) * (1 - 3 * at) + x2 * at * (2 - 3 * at) + at ** 2);
    const newton = at - over / slope;
    const better = slope > 1e-9 && newton > low && newton < high ? newton : 0.5 * (low + high);
    if (better === at) return at;
    at = better;
  }
  return at;
}

/** Speed at the start and at the end over the mean speed; 0 for a hold, infinite where the curve is upright. */
export function endSlopes(controls: Controls): readonly [number, number] {
  if (controls === "hold") return [0, 0];
  const [x1, y1, x2, y2] = controls;
  return [firstSlope(x1, y1, x2, y2), firstSlope(1 - x2, 1 - y2, 1 - x1, 1 - y1)];
}

/** Towards the first control point, or the next one where that is the end itself, or the other end. */
function firstSlope(x1: number, y1: number, x2: number, y2: number): number {
  if (x1 !== 0 || y1 !== 0) return y1 / x1;
  return x2 !== 0 || y2 !== 0 ? y2 / x2 : 1;
}
