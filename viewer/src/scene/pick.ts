/** Pick: what a ray of the pinhole meets first, by the layers' own depths. */

import type { LoadedLayer, LoadedScene } from "./loaded_scene";
import type { Vec3 } from "../state/view";

/** A place of a layer: column and row on the level's photo grid, inverse depth from the photo's camera. */
export interface Found {
  readonly layer: LoadedLayer;
  readonly column: number;
  readonly row: number;
  readonly inverse_depth: number;
}

const STEP_PX = 0.5;

/** Where half of a ray from the eye is stopped; null where nothing does. Source: `relens.render.reference`. */
export function picked(scene: LoadedScene, eye_m: Vec3, direction: Vec3): Found | null {
  if (direction[2] <= 1e-9) return null;
  const { fx_px, fy_px, cx_px, cy_px } = scene.camera;
  const [vx, vy] = [direction[0] / direction[2], direction[1] / direction[2]];
  const start = [fx_px * vx + cx_px, fy_px * vy + cy_px] as const;
  const slope = [fx_px * (eye_m[0] - eye_m[2] * vx), fy_px * (eye_m[1] - eye_m[2] * vy)] as const;
  const nearest = eye_m[2] > 0 ? 1 / (eye_m[2] + 1e-6) : Infinity;
  let clear = 1;
  for (const { layer, w } of meetings(scene, start, slope, nearest)) {
    const [column, row] = [start[0] + w * slope[0], start[1] + w * slope[1]];
    const left = clear * (1 - alphaAt(layer, column, row));
    if (clear > 0.5 && left <= 0.5) return { layer, column, row, inverse_depth: w };
    clear = left;
  }
  return null;
}

/** All places where a ray goes through a layer from the front, nearest first. */
function meetings(
  scene: LoadedScene, start: readonly [number, number], slope: readonly [number, number], nearest: number,
): { layer: LoadedLayer; w: number }[] {
  const found: { layer: LoadedLayer; w: number }[] = [];
  for (const layer of scene.layers) {
    const near = Math.min(nearest, layer.depth_near + 1e-6);
    const far = layer.depth_far - 1e-6;
    if (near <= far) continue;
    const steps = 1 + Math.ceil((Math.hypot(slope[0], slope[1]) * (near - far)) / STEP_PX);
    const gap = (w: number): number => depthAt(layer, start[0] + w * slope[0], start[1] + w * slope[1]) - w;
    let before = gap(near);
    for (let step = 1; step <= steps; step++) {
      const w = near + ((far - near) * step) / steps;
      const now = gap(w);
      if (before < 0 && now >= 0) found.push({ layer, w: w + ((near - far) / steps) * (now / (now - before)) });
      before = now;
    }
  }
  return found.sort((one, other) => other.w - one.w);
}

/** Inverse depth between texels; NaN past the window. */
export function depthAt(layer: LoadedLayer, column: number, row: number): number {
  return layer.depth_far + layer.depth_step * between(layer, layer.depth, column, row);
}

/** Alpha between texels, 0 past the window. */
export function alphaAt(layer: LoadedLayer, column: number, row: number): number {
  const found = between(layer, layer.alpha, column, row);
  return Number.isNaN(found) ? 0 : found / 255;
}

function between({ left, top, width, height }: LoadedLayer, codes: Uint8Array | Uint16Array, column: number, row: number): number {
  const x = column - left - 0.5;
  const y = row - top - 0.5;
  if (!(x >= -1 && y >= -1 && x <= width && y <= height)) return NaN;
  const x0 = Math.min(Math.max(Math.floor(x), 0), width - 1);
  const y0 = Math.min(Math.max(Math.floor(y), 0), height - 1);
  const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
  const [fx, fy] = [Math.min(Math.max(x - x0, 0), 1), Math.min(Math.max(y - y0, 0), 1)];
  const above = codes[y0 * width + x0] * (1 - fx) + codes[y0 * width + x1] * fx;
  const below = codes[y1 * width + x0] * (1 - fx) + codes[y1 * width + x1] * fx;
  return above * (1 - fy) + below * fy;
}
