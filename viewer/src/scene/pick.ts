/** Pick: what a ray of the pinhole meets first, by the layers' own depths. */

import type { LoadedLayer, LoadedScene } from "./loaded_scene";
import { pageEdges } from "./page_edges";
import type { Vec3 } from "../state/view";

/** A place of a layer: column and row on the level's photo grid, inverse depth from the photo's camera (0: infinity). */
export interface Found {
  readonly layer: LoadedLayer;
  readonly column: number;
  readonly row: number;
  readonly inverse_depth: number;
}

interface Ray {
  readonly start: readonly [number, number];
  readonly slope: readonly [number, number];
  /** Where it begins, 1/m. */
  readonly near: number;
}

interface Meeting {
  readonly layer: LoadedLayer;
  readonly column: number;
  readonly row: number;
  readonly w: number;
}

const STEP_PX = 0.5;
/** Of rays that graze: more would only keep the page waiting. */
const MOST_STEPS = 50_000;
/** What is farther, 1/m, is at infinity. */
const INFINITE = 1e-9;

/** Where half of a ray from the eye is stopped; null where nothing does. Source: `relens.render.reference`. */
export function picked(scene: LoadedScene, eye_m: Vec3, direction: Vec3): Found | null {
  if (direction[2] <= 1e-9) return null;
  const { fx_px, fy_px, cx_px, cy_px } = scene.camera;
  const [vx, vy] = [direction[0] / direction[2], direction[1] / direction[2]];
  const ray: Ray = {
    start: [fx_px * vx + cx_px, fy_px * vy + cy_px],
    slope: [fx_px * (eye_m[0] - eye_m[2] * vx), fy_px * (eye_m[1] - eye_m[2] * vy)],
    near: eye_m[2] > 0 ? 1 / (eye_m[2] + 1e-6) : Infinity,
  };
  const met = scene.layers.flatMap((layer) => meetings(layer, ray)).sort((one, other) => other.w - one.w);
  let clear = 1;
  for (const { layer, column, row, w } of met) {
    const left = clear * (1 - alphaAt(scene, layer, column, row));
    if (clear > 0.5 && left <= 0.5) return { layer, column, row, inverse_depth: w > INFINITE ? w : 0 };
    clear = left;
  }
  return null;
}

/** All places where a ray goes through a layer from the front, nearest first. */
function meetings(layer: LoadedLayer, { start, slope, near: begin }: Ray): Meeting[] {
  const found: Meeting[] = [];
  const near = Math.min(begin, layer.depth_near + 1e-6);
  const far = layer.depth_far - 1e-6;
  if (near <= far) return found;
  const width = (near - far) / Math.min(MOST_STEPS, 1 + Math.ceil((Math.hypot(slope[0], slope[1]) * (near - far)) / STEP_PX));
  const gap = (w: number): number => depthAt(layer, start[0] + w * slope[0], start[1] + w * slope[1]) - w;
  let before = gap(near);
  for (let step = 1, last = Math.round((near - far) / width); step <= last; step++) {
    const end = near - step * width;
    const now = gap(end);
    if (before < 0 && now >= 0) {
      const w = end + width * (now / (now - before));
      found.push({ layer, column: start[0] + w * slope[0], row: start[1] + w * slope[1], w });
    }
    before = now;
  }
  return found;
}

/** Inverse depth between texels; past the window as at its edge. */
function depthAt(layer: LoadedLayer, column: number, row: number): number {
  return layer.depth_far + layer.depth_step * between(layer, column, row, (at) => layer.depth[at]);
}

/** Alpha between texels, 0 past the window, but not past the page's own ends. */
function alphaAt(scene: LoadedScene, layer: LoadedLayer, column: number, row: number): number {
  const [left, top, right, bottom] = pageEdges(scene, layer);
  const [x, y] = [column - layer.left, row - layer.top];
  const isPast = (x < 0 && !left) || (y < 0 && !top) || (x > layer.width && !right) || (y > layer.height && !bottom);
  return isPast ? 0 : between(layer, column, row, (at) => layer.alpha[at]) / 255;
}

function between({ left, top, width, height }: LoadedLayer, column: number, row: number, code: (at: number) => number): number {
  const x = Math.min(Math.max(column - left - 0.5, 0), width - 1);
  const y = Math.min(Math.max(row - top - 0.5, 0), height - 1);
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [x0 + 1 < width ? 1 : 0, y0 + 1 < height ? width : 0];
  const at = y0 * width + x0;
  const upper = code(at) * (1 - x + x0) + code(at + right) * (x - x0);
  const lower = code(at + below) * (1 - x + x0) + code(at + below + right) * (x - x0);
  return upper * (1 - y + y0) + lower * (y - y0);
}
