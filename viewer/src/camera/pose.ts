/**
 * Pose: where a camera stands and how it is turned, and the other ways to say so.
 *
 * Convention: OpenCV axes (+x right, +y down, +z forward), metres, the world is the photo's camera frame; rotations take
 * camera axes to world axes (docs/conventions.md).
 */

import type { Pose, Vec3 } from "../state/view";
import type { Mat3 } from "./vectors";
import { column, multiply } from "./vectors";

/** A camera's place: camera-to-world as a rotation and the position of the entrance pupil's centre. */
export interface Place {
  readonly rotation: Mat3;
  readonly eye_m: Vec3;
}

/** Yaw to the right, then pitch up, then roll clockwise, radians. */
export type Turns = Pick<Pose, "yaw_rad" | "pitch_rad" | "roll_rad">;

/** Nearer to the plumb line, as the sine of the angle, there is no roll. */
const PLUMB = 1e-9;

/** Where a pose puts the camera. */
export function placeOf(pose: Pose): Place {
  return { rotation: rotationOf(pose), eye_m: pose.eye_m };
}

/** The rotation of a pose's turns, each about the camera's own axes (`relens.Camera.turned`). */
export function rotationOf(turns: Turns): Mat3 {
  const [cy, sy] = [Math.cos(turns.yaw_rad), Math.sin(turns.yaw_rad)];
  const [cp, sp] = [Math.cos(turns.pitch_rad), Math.sin(turns.pitch_rad)];
  const [cr, sr] = [Math.cos(turns.roll_rad), Math.sin(turns.roll_rad)];
  const yaw: Mat3 = [cy, 0, sy, 0, 1, 0, -sy, 0, cy];
  const pitch: Mat3 = [1, 0, 0, 0, cp, -sp, 0, sp, cp];
  const roll: Mat3 = [cr, -sr, 0, sr, cr, 0, 0, 0, 1];
  return multiply(multiply(yaw, pitch), roll);
}

/** Yaw, pitch and roll that make a rotation, pitch within a right angle; straight up or down there is no roll. */
export function turnsOf(rotation: Mat3): Turns {
  const [x, y, z] = column(rotation, 2);
  const level = Math.hypot(x, z);
  const pitch_rad = Math.atan2(-y, level);
  if (level > PLUMB) return { yaw_rad: Math.atan2(x, z), pitch_rad, roll_rad: Math.atan2(rotation[3], rotation[4]) };
  return { yaw_rad: Math.atan2(-rotation[6], rotation[0]), pitch_rad, roll_rad: 0 };
}

/** Camera-to-world as 16 numbers, row by row. */
export function cameraToWorld(place: Place): readonly number[] {
  const [r, [x, y, z]] = [place.rotation, place.eye_m];
  return [r[0], r[1], r[2], x, r[3], r[4], r[5], y, r[6], r[7], r[8], z, 0, 0, 0, 1];
}

/** The pose of 16 numbers, row by row, that are a rotation and a translation. */
export function poseOf(camera_to_world: readonly number[], zoom: number): Pose {
  const at = (row: number, place: number): number => camera_to_world[4 * row + place];
  const rotation: Mat3 = [
    at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2),
  ];
  return { eye_m: [at(0, 3), at(1, 3), at(2, 3)], ...turnsOf(rotation), zoom };
}
