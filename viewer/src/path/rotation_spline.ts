/** Rotation spline: a smooth way through orientations, on the sphere of rotations itself. */

import type { Mat3 } from "../camera/vectors";
import { length, multiply, scale, transpose } from "../camera/vectors";
import type { Vec3 } from "../state/view";
import type { Course, Three } from "./course";
import { around, find, tangents } from "./course";
import { expSo3, logSo3 } from "./rotation";

/** The turn from one orientation to another, in the camera's own axes. */
function turn(one: Mat3, other: Mat3): Vec3 {
  return logSo3(multiply(transpose(one), other));
}

/** The angle from one orientation to another; 0 for equal ones. */
export function turnLengthRad(one: Mat3, other: Mat3): number {
  return one.every((number, i) => number === other[i]) ? 0 : length(turn(one, other));
}

/**
 * The rotation at a knot of a curve that meets each stop at its own, and turns without a jerk there.
 *
 * Between two stops it is the cubic Hermite curve of unit quaternions: R0 exp(b1 w1) exp(b2 w2) exp(b3 w3), b the
 * cumulated Bernstein polynomials, w1 and w3 a third of the turns at both ends, w2 what is left. Turns are in the
 * camera's own axes, so a turned world turns the curve. Between two stops alone it is the shortest way at constant
 * speed. `orientationOf` is the orientation of a stop at this moment, since what looks at something turns as the eye
 * moves.
 *
 * Source: Kim, Kim and Shin, A General Construction Scheme for Unit Quaternion Curves, SIGGRAPH 1995.
 */
export function turnedAlong(course: Course, knot: number, orientationOf: (stop: number) => Mat3): Mat3 {
  if (course.knots.length === 1) return orientationOf(course.stops[0]);
  const { index, share } = find(course, knot);
  const near = around(course, index).map(orientationOf) as [Mat3, Mat3, Mat3, Mat3];
  const steps: Three<Vec3> = [turn(near[0], near[1]), turn(near[1], near[2]), turn(near[2], near[3])];
  if (course.spline === "linear") return multiply(near[1], expSo3(scale(steps[1], share)));
  const [leave, reach] = tangents(course, index, steps);
  const [first, last] = [scale(leave, 1 / 3), scale(reach, 1 / 3)];
  const middle = logSo3(multiply(multiply(expSo3(scale(first, -1)), expSo3(steps[1])), expSo3(scale(last, -1))));
  const weights = [1 - (1 - share) ** 3, share ** 2 * (3 - 2 * share), share ** 3] as const;
  return [first, middle, last].reduce((turned, way, i) => multiply(turned, expSo3(scale(way, weights[i]))), near[1]);
}
