/** Look around: where the eye goes, and how the camera turns along, when somebody drags. */

import type { SafeVolume } from "../scene/scene_info";
import type { Pose, Vec3 } from "../state/view";
import { rotationOf } from "./pose";
import { add, apply, length, scale, subtract, transpose } from "./vectors";

/** How often the way to the safe volume's edge is halved. */
const HALVINGS = 64;

/**
 * The pose after the eye has moved (metres, in the world) and the camera has turned, in yaw and pitch only, so that the
 * pivot keeps the place in the picture that it has from `start`.
 *
 * Yaw and pitch solve yaw pitch (roll q) = d in closed form, q and d the pivot's directions from the old camera and the
 * new eye: pitch is what brings q to d's height, yaw the rest. Where a pivot far to the side cannot come to that height,
 * the camera turns as near as it goes; an eye in the pivot itself does not turn.
 */
export function lookedAround(start: Pose, pivot_m: Vec3, moved_m: Vec3): Pose {
  const eye_m = add(start.eye_m, moved_m);
  const was_m = subtract(pivot_m, start.eye_m);
  const is_m = subtract(pivot_m, eye_m);
  if (length(was_m) === 0 || length(is_m) === 0) return { ...start, eye_m };
  const [dx, dy, dz] = scale(is_m, 1 / length(is_m));
  const { yaw_rad, pitch_rad } = start;
  // The pivot's direction once roll is applied, before pitch and yaw.
  const unturned = transpose(rotationOf({ yaw_rad, pitch_rad, roll_rad: 0 }));
  const [vx, vy, vz] = apply(unturned, scale(was_m, 1 / length(was_m)));
  const upright = Math.hypot(vy, vz);
  const height = Math.atan2(vy, vz);
  const wanted = upright > 0 ? Math.asin(Math.min(1, Math.max(-1, dy / upright))) : 0;
  // Beyond the plumb line the pivot stays there, so that no turn jumps.
  const raised = Math.cos(height - pitch_rad) < 0 ? Math.PI - wanted : wanted;
  const pitch = near(height - raised, pitch_rad);
  const ahead = upright * Math.cos(height - pitch);
  const yaw = near(Math.atan2(dx, dz) - Math.atan2(vx, ahead), yaw_rad);
  return { ...start, eye_m, yaw_rad: yaw, pitch_rad: pitch };
}

/** The same angle, less than half a turn from another. */
function near(angle_rad: number, other_rad: number): number {
  return angle_rad - 2 * Math.PI * Math.round((angle_rad - other_rad) / (2 * Math.PI));
}

/**
 * The nearest place within the safe volume, the half axes of an ellipsoid for each octant; itself within.
 *
 * The octants meet smoothly and the volume is convex, so the way of the eye along its edge has no jumps. The nearest
 * point of an ellipsoid is a^2 x / (a^2 + t), t >= 0 where that lies on it: Eberly, Distance from a Point to an
 * Ellipsoid, 2013.
 */
export function clampToSafe(eye_m: Vec3, safe: SafeVolume): Vec3 {
  const axes_m: Vec3 = [
    eye_m[0] < 0 ? safe.left_m : safe.right_m,
    eye_m[1] < 0 ? safe.up_m : safe.down_m,
    eye_m[2] < 0 ? safe.back_m : safe.forward_m,
  ];
  if (isWithin(eye_m, axes_m, 0)) return eye_m;
  let low = 0;
  let high = length([axes_m[0] * eye_m[0], axes_m[1] * eye_m[1], axes_m[2] * eye_m[2]]);
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (isWithin(eye_m, axes_m, middle)) high = middle;
    else low = middle;
  }
  return pulled(eye_m, axes_m, high);
}

function pulled(eye_m: Vec3, axes_m: Vec3, t: number): Vec3 {
  const along = (i: 0 | 1 | 2): number => (axes_m[i] > 0 ? (axes_m[i] ** 2 * eye_m[i]) / (axes_m[i] ** 2 + t) : 0);
  return [along(0), along(1), along(2)];
}

/** Whether the point that `pulled` gives is within the ellipsoid. */
function isWithin(eye_m: Vec3, axes_m: Vec3, t: number): boolean {
  const part = (i: 0 | 1 | 2): number => {
    if (axes_m[i] > 0) return ((axes_m[i] * eye_m[i]) / (axes_m[i] ** 2 + t)) ** 2;
    return t === 0 && eye_m[i] !== 0 ? Infinity : 0;
  };
  return part(0) + part(1) + part(2) <= 1;
}
