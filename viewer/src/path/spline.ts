/** Spline: the way of the eye through the places of its keyframes. */

import { add, length, scale, subtract } from "../camera/vectors";
import type { Vec3 } from "../state/view";
import type { Course, Spline } from "./course";
import { around, courseOf, find, tangents } from "./course";

/** A smooth curve through points; its shape depends on the points alone, its speed on who walks along it. */
export interface EyeSpline {
  readonly points_m: readonly Vec3[];
  /** The points that differ, and their knots. */
  readonly course: Course;
  /** The knot of every point, ascending; of a closed curve one more, back at the first. */
  readonly knots: readonly number[];
}

/** The curve through points, one or more; points that repeat are fine. `shape` is for `kochanek-bartels`. */
export function eyeSpline(points_m: readonly Vec3[], spline: Spline, closed: boolean, shape: readonly Vec3[]): EyeSpline {
  const following = closed ? [...points_m, points_m[0]] : points_m;
  const lengths = following.slice(1).map((point, i) => length(subtract(point, following[i])));
  return { points_m, ...courseOf(lengths, spline, closed, shape) };
}

/** A point of the curve: a cubic between two places, given by both and the tangents there (Hermite). */
export function pointAt(eye: EyeSpline, knot: number): Vec3 {
  const { course, points_m } = eye;
  if (course.knots.length === 1) return points_m[0];
  const { index, share } = find(course, knot);
  const [before, here, next, after] = around(course, index).map((stop) => points_m[stop]) as [Vec3, Vec3, Vec3, Vec3];
  const [leave, reach] = tangents(course, index, [subtract(here, before), subtract(next, here), subtract(after, next)]);
  const rest = 1 - share;
  const ends = add(scale(here, rest ** 2 * (1 + 2 * share)), scale(next, share ** 2 * (1 + 2 * rest)));
  return add(ends, add(scale(leave, share * rest * rest), scale(reach, -share * rest * share)));
}
