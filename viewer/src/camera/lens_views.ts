/**
 * Lens views: one lens sample of a whole frame is one sheared pinhole view (`relens.render.rays`).
 *
 * Rays from pupil point (u, v, 0) cross the point of the plane of focus that the pinhole sees at the same pixel:
 * direction (x - u w, y - v w, 1) in camera axes, x and y the pinhole's normalised coordinates and w(x, y) the inverse
 * depth of the plane of focus there, which is linear in x and y however the plane is tilted.
 */

import type { PupilSamples } from "../lens/aperture";
import { channelFocusPerM, channelMagnification, focusGradientPerM, focusInverseM, pupilDiameterM } from "../lens/lens";
import type { Pinhole } from "../scene/scene_info";
import type { Vec3 } from "../state/view";
import type { Taken } from "./taking";
import type { Mat3 } from "./vectors";
import { add, apply, multiply } from "./vectors";

/** A colour of the picture. A lens without colour errors (`hasColourError`) needs the views of green only. */
export type Channel = 0 | 1 | 2;

export const [RED, GREEN, BLUE]: readonly [0, 1, 2] = [0, 1, 2];

/** Pinhole views through points of the pupil, in the world (which is the photo's camera frame). */
export interface LensViews {
  /** Nine numbers for each view, row by row: times (column, row, 1) they are the direction of a pixel's ray. */
  readonly direction: Float64Array;
  /** Three numbers for each view: where its rays start. */
  readonly origin_m: Float64Array;
}

/** The views of one colour channel through pupil points. */
export function lensViews(taken: Taken, samples: PupilSamples, channel: Channel): LensViews {
  const count = samples.points.length / 2;
  const views = { direction: new Float64Array(9 * count), origin_m: new Float64Array(3 * count) };
  const radius_m = pupilDiameterM(taken.lens) / 2;
  const normalised = toNormalised(taken.camera, channelMagnification(taken.lens)[channel]);
  const focus = focusOf(taken, normalised, channel);
  for (let i = 0; i < count; i++) {
    const u_m = samples.points[2 * i] * radius_m;
    const v_m = samples.points[2 * i + 1] * radius_m;
    views.direction.set(multiply(taken.rotation, sheared(normalised, focus, u_m, v_m)), 9 * i);
    views.origin_m.set(add(taken.eye_m, apply(taken.rotation, [u_m, v_m, 0])), 3 * i);
  }
  return views;
}

/** The one view through the middle of the pupil, whatever the lens. */
export function pinholeView(taken: Taken): LensViews {
  const direction = multiply(taken.rotation, toNormalised(taken.camera, 1));
  return { direction: Float64Array.from(direction), origin_m: Float64Array.from(taken.eye_m) };
}

/** (column, row, 1) to the pinhole's (x, y, 1). */
function toNormalised(camera: Pinhole, magnification: number): Mat3 {
  const fx_px = camera.fx_px * magnification;
  const fy_px = camera.fy_px * magnification;
  return [1 / fx_px, 0, -camera.cx_px / fx_px, 0, 1 / fy_px, -camera.cy_px / fy_px, 0, 0, 1];
}

/** (column, row, 1) to the inverse depth of the plane of focus, 1/m. */
function focusOf(taken: Taken, normalised: Mat3, channel: Channel): Vec3 {
  const [gx, gy] = focusGradientPerM(taken.lens);
  const onAxis = focusInverseM(taken.focus_distance_m) + channelFocusPerM(taken.lens)[channel];
  return [gx * normalised[0], gy * normalised[4], gx * normalised[2] + gy * normalised[5] + onAxis];
}

function sheared(m: Mat3, focus: Vec3, u_m: number, v_m: number): Mat3 {
  return [
    m[0] - u_m * focus[0], m[1] - u_m * focus[1], m[2] - u_m * focus[2],
    m[3] - v_m * focus[0], m[4] - v_m * focus[1], m[5] - v_m * focus[2],
    m[6], m[7], m[8],
  ];
}
