/** Look at: the orientation of a camera that keeps a place in the middle of its picture, the horizon level. */

import type { Mat3 } from "../camera/vectors";
import { length, scale } from "../camera/vectors";
import type { Vec3 } from "../state/view";
import type { Homogeneous } from "./aim";

/** As a share of the distance: nearer to the plumb line no horizon can be told. */
const PLUMB = 1e-6;

/** The way from an eye to a homogeneous place, in metres times its last coordinate. */
export function towards(place: Homogeneous, eye_m: Vec3): Vec3 {
  return [place[0] - place[3] * eye_m[0], place[1] - place[3] * eye_m[1], place[2] - place[3] * eye_m[2]];
}

/** Whether a direction goes straight up or down, or nowhere, so that no level camera looks there. */
export function isPlumb(direction: Vec3): boolean {
  return Math.hypot(direction[0], direction[2]) <= PLUMB * Math.max(...direction.map(Math.abs));
}

/**
 * The camera-to-world rotation that looks along a direction.
 *
 * Convention: OpenCV axes; the camera's right stays level in the world, whose down (+y) is the photo's.
 */
export function levelRotation(direction: Vec3): Mat3 {
  const [x, y, z] = scale(direction, 1 / length(direction));
  const level = Math.hypot(x, z);
  const [rx, rz] = [z / level, -x / level];
  // Ahead times right: the camera's down.
  return [rx, y * rz, x, 0, z * rx - x * rz, y, rz, -y * rx, z];
}
