/** Course: the places a path goes through, in order, and how fast it leaves and reaches each. */

import { add, scale } from "../camera/vectors";
import type { Vec3 } from "../state/view";
import { modulo } from "./modulo";
import type { PathRecord } from "./path_record";
import { segmentOf } from "./sorted_times";

export type Spline = NonNullable<PathRecord["spline"]>;

/** A way through places, those that repeat the one before left out, measured by knots. */
export interface Course {
  /** Its kind; says how knots are spaced (`courseOf`) and how places are gone through (`tangents`). */
  readonly spline: Spline;
  /** Of the places, ascending from 0. */
  readonly knots: readonly number[];
  /** Which of the given places each is; a closed one ends at the first. */
  readonly stops: readonly number[];
  /** Tension, continuity and bias at each. */
  readonly shape: readonly Vec3[];
  /** Whether it goes round. */
  readonly closed: boolean;
}

/** What lies before, on and after a segment. */
export type Three<T> = readonly [T, T, T];

/**
 * The course through places, and the knot of each of them.
 *
 * | spline | knots between two places | source |
 * |---|---|---|
 * | centripetal | the square root of their distance: no loops, no cusps, close to the straight way | [1] |
 * | kochanek-bartels | one, as nerfstudio does | [2] |
 * | linear | their distance | |
 *
 * lengths: distances from each place to the next; of a closed course the last is the way back. 0 for the same place.
 *
 * Source: [1] Yuksel, Schaefer and Keyser, Parameterization and Applications of Catmull-Rom Curves, 2011. [2] Kochanek
 * and Bartels, Interpolating Splines with Local Tension, Continuity, and Bias Control, SIGGRAPH 1984.
 */
export function courseOf(
  lengths: readonly number[], spline: Spline, closed: boolean, shape: readonly Vec3[],
): { readonly course: Course; readonly knots: readonly number[] } {
  const width = { centripetal: Math.sqrt, "kochanek-bartels": Math.sign, linear: (length: number) => length }[spline];
  const knots = [0];
  for (const length of lengths) knots.push(knots.at(-1)! + width(length));
  // What the sum swallows is no step.
  const moves = lengths.map((_, index) => index).filter((index) => knots[index + 1] > knots[index]);
  const last = moves.length === 0 ? 0 : closed ? moves[0] : moves.at(-1)! + 1;
  const stops = [...moves, last];
  const course: Course = {
    spline, stops, closed,
    knots: [...moves.map((move) => knots[move]), knots.at(-1)!],
    shape: stops.map((stop) => shape[stop]),
  };
  return { course, knots };
}

/** After which place a knot lies, and at which share of the way to the next; beyond the ends it goes on. */
export function find(course: Course, knot: number): { readonly index: number; readonly share: number } {
  const { knots } = course;
  if (knots.length === 1) return { index: 0, share: 0 };
  const at = course.closed ? modulo(knot, knots.at(-1)!) : knot;
  const index = segmentOf(knots, at);
  const [one, other] = [knots[index], knots[index + 1]];
  return { index, share: at === other ? 1 : (at - one) / (other - one) };
}

/** The stops before, at, after and next after a place; at an open end the end again. */
export function around(course: Course, index: number): readonly [number, number, number, number] {
  const places = course.knots.length - 1;
  const stop = (near: number): number =>
    course.stops[course.closed ? modulo(near, places) : Math.min(Math.max(near, 0), places)];
  return [stop(index - 1), stop(index), stop(index + 1), stop(index + 2)];
}

/**
 * How a segment leaves its first place and reaches its last, as steps a segment.
 *
 * steps: from place to place: the one before the segment, the segment's own, and the one after it.
 *
 * `centripetal` takes the parabola through three places, by its knots (Catmull-Rom, as Barry and Goldman, 1988). At an
 * open end the curve does not bend (a natural spline).
 */
export function tangents(course: Course, index: number, steps: Three<Vec3>): readonly [Vec3, Vec3] {
  const own = steps[1];
  if (course.spline === "linear" || (course.knots.length === 2 && !course.closed)) return [own, own];
  let [leave, reach] = course.spline === "kochanek-bartels"
    ? kochanekBartels(course, index, steps)
    : centripetal(course, index, steps);
  if (!course.closed) {
    if (index === 0) leave = mixed(1.5, own, -0.5, reach);
    if (index === course.knots.length - 2) reach = mixed(1.5, own, -0.5, leave);
  }
  return [leave, reach];
}

function centripetal(course: Course, index: number, steps: Three<Vec3>): readonly [Vec3, Vec3] {
  const [before, own, after] = steps;
  const segments = course.knots.length - 1;
  const widthOf = (near: number): number => {
    const segment = course.closed ? modulo(near, segments) : Math.min(Math.max(near, 0), segments - 1);
    return course.knots[segment + 1] - course.knots[segment];
  };
  const [last, width, next] = [widthOf(index - 1), widthOf(index), widthOf(index + 1)];
  return [
    mixed((width / last) * (width / (last + width)), before, last / (last + width), own),
    mixed(next / (width + next), own, (width / next) * (width / (width + next)), after),
  ];
}

/** Source: Kochanek and Bartels, SIGGRAPH 1984, equations 8 and 9. */
function kochanekBartels(course: Course, index: number, steps: Three<Vec3>): readonly [Vec3, Vec3] {
  const [before, own, after] = steps;
  const [t, c, b] = course.shape[index];
  const [u, d, e] = course.shape[index + 1];
  return [
    mixed(0.5 * (1 - t) * (1 + c) * (1 + b), before, 0.5 * (1 - t) * (1 - c) * (1 - b), own),
    mixed(0.5 * (1 - u) * (1 - d) * (1 + e), own, 0.5 * (1 - u) * (1 + d) * (1 - e), after),
  ];
}

/** One vector times its weight and another times its own. */
function mixed(weight: number, one: Vec3, otherWeight: number, other: Vec3): Vec3 {
  return add(scale(one, weight), scale(other, otherWeight));
}
