/** The pinhole: where points of the world lie in a picture, and the same view on other grids and zoomed. */

import type { Pinhole } from "../scene/scene_info";
import type { Vec3 } from "../state/view";
import type { Place } from "./pose";
import { add, apply, subtract, transpose } from "./vectors";

/**
 * A world point (metres) as (column px, row px, inverse depth 1/m) in a camera; behind it the inverse depth is negative.
 *
 * Convention: pixel (column i, row j) has its centre at (i + 0.5, j + 0.5).
 */
export function project(camera: Pinhole, place: Place, point_m: Vec3): Vec3 {
  const [x, y, z] = apply(transpose(place.rotation), subtract(point_m, place.eye_m));
  return [(x / z) * camera.fx_px + camera.cx_px, (y / z) * camera.fy_px + camera.cy_px, 1 / z];
}

/** (column px, row px, inverse depth 1/m) in a camera as a world point in metres; the inverse of `project`. */
export function unproject(camera: Pinhole, place: Place, pixel: Vec3): Vec3 {
  const depth_m = 1 / pixel[2];
  const x = ((pixel[0] - camera.cx_px) / camera.fx_px) * depth_m;
  const y = ((pixel[1] - camera.cy_px) / camera.fy_px) * depth_m;
  return add(apply(place.rotation, [x, y, depth_m]), place.eye_m);
}

/** The photo's view `zoom` times as long, about its principal point. */
export function photoView(camera: Pinhole, zoom: number): Pinhole {
  return zoom === 1 ? camera : { ...camera, fx_px: camera.fx_px * zoom, fy_px: camera.fy_px * zoom };
}

/**
 * The same view on another grid: scaled to cover it, and cut off evenly on both sides (`relens.path.view.view_of`).
 *
 * Nothing past the camera's frame shows, and the principal point stays where it is in the photo.
 */
export function fitted(camera: Pinhole, width_px: number, height_px: number): Pinhole {
  const scale = Math.max(width_px / camera.width_px, height_px / camera.height_px);
  return {
    fx_px: camera.fx_px * scale,
    fy_px: camera.fy_px * scale,
    cx_px: width_px / 2 + (camera.cx_px - camera.width_px / 2) * scale,
    cy_px: height_px / 2 + (camera.cy_px - camera.height_px / 2) * scale,
    width_px,
    height_px,
  };
}

/** Full vertical angle of view, 2 atan(height / (2 fy)), radians. */
export function verticalFovRad(camera: Pinhole): number {
  return 2 * Math.atan(camera.height_px / (2 * camera.fy_px));
}

/** How many times as long as a camera's view one of this vertical angle is; the inverse of `verticalFovRad`. */
export function zoomOfFov(camera: Pinhole, fov_rad: number): number {
  return Math.tan(verticalFovRad(camera) / 2) / Math.tan(fov_rad / 2);
}
