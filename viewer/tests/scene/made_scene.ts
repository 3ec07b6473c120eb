/** Scenes made of formulas, for tests of what looks things up in them. */

import type { LoadedLayer, LoadedScene } from "../../src/scene/loaded_scene";
import type { Pinhole } from "../../src/scene/scene_info";
import type { Random } from "../golden/random";

export const BORDER_PX = 6;
export const CAMERA: Pinhole = { fx_px: 90, fy_px: 95, cx_px: 36.5, cy_px: 28, width_px: 72, height_px: 56 };
/** Nobody looks at colours here. */
const NO_COLOUR = { width: 0, height: 0, close: () => undefined } as unknown as ImageBitmap;

export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** All that a layer's page can have. */
export const PAGE: Window = {
  left: -BORDER_PX, top: -BORDER_PX, width: CAMERA.width_px + 2 * BORDER_PX, height: CAMERA.height_px + 2 * BORDER_PX,
};

type OfTexel = (column: number, row: number) => number;

/** A layer whose inverse depth (1/m) and alpha (0 to 1) are functions of the photo's column and row. */
export function madeLayer(name: string, window: Window, inverse: OfTexel, alpha: OfTexel, depth_step = 2e-4): LoadedLayer {
  const count = window.width * window.height;
  const values = new Float64Array(count);
  const codes = { depth: new Uint16Array(count), alpha: new Uint8Array(count) };
  for (let at = 0; at < count; at++) {
    const [column, row] = [window.left + (at % window.width) + 0.5, window.top + Math.floor(at / window.width) + 0.5];
    values[at] = inverse(column, row);
    codes.alpha[at] = Math.round(255 * Math.min(1, Math.max(0, alpha(column, row))));
  }
  const depth_far = values.reduce((least, each) => Math.min(least, each));
  let most = 0;
  for (let at = 0; at < count; at++) {
    codes.depth[at] = Math.round((values[at] - depth_far) / depth_step);
    most = Math.max(most, codes.depth[at]);
  }
  return {
    name, subject: name === "subject", ...window, ...codes, colour: NO_COLOUR, gain: null, gain_stops: 0, depth_far, depth_step,
    depth_near: depth_far + most * depth_step,
  };
}

export function madeScene(layers: readonly LoadedLayer[]): LoadedScene {
  return {
    level: 0, camera: CAMERA, border_px: BORDER_PX, layers, uncertainty: null,
    history: { revision: 0, done: [], undone: [], saved: true },
  };
}

export const everywhere = (value: number): OfTexel => () => value;

/** A layer of any kind: bumpy, with cliffs or rough, its alpha whole, holed, soft or in pieces. */
export function anyLayer(random: Random, name: string, rear: boolean): LoadedLayer {
  const window = rear || random(0, 1) < 0.4 ? PAGE : anyWindow(random);
  return madeLayer(name, window, anyInverse(random, rear), rear && random(0, 1) < 0.7 ? everywhere(1) : anyAlpha(random));
}

function anyWindow(random: Random): Window {
  const left = Math.floor(random(PAGE.left, 40));
  const top = Math.floor(random(PAGE.top, 30));
  const width = Math.ceil(random(4, PAGE.left + PAGE.width - left));
  const height = Math.ceil(random(4, PAGE.top + PAGE.height - top));
  return { left, top, width, height };
}

function anyInverse(random: Random, rear: boolean): OfTexel {
  const [near, waves] = [rear ? 0.05 : random(0.2, 1.2), Array.from({ length: 3 }, () => [random(-0.4, 0.4), random(-0.4, 0.4), random(0, 6)])];
  const high = random(0, 1) < 0.3 ? 0 : random(0, 0.15);
  const cliff = random(0, 1) < 0.4 ? random(0, 1) : 0;
  const rough = random(0, 1) < 0.2 ? 0.05 : 0;
  const [x, y, lean] = [random(0, 70), random(0, 50), random(-1, 1)];
  return (column, row) => {
    const bumps = waves.reduce((sum, [across, down, phase]) => sum + 1 + Math.sin(across * column + down * row + phase), 0);
    const behind = column - x + lean * (row - y) > 0 ? cliff : 0;
    const grain = rough * Math.abs(Math.sin(1e4 * Math.sin(column * 12.9898 + row * 78.233)));
    return near + high * bumps + behind + grain;
  };
}

function anyAlpha(random: Random): OfTexel {
  const [x, y, radius, soft] = [random(0, 72), random(0, 56), random(4, 40), random(0.5, 12)];
  const holed = random(0, 1) < 0.4 ? random(0.2, 0.8) : 0;
  const most = random(0, 1) < 0.3 ? random(0.2, 1) : 1;
  return (column, row) => {
    const within = (radius - Math.hypot(column - x, row - y)) / soft + 0.5;
    const hole = holed > 0 && Math.sin(holed * column) * Math.sin(holed * row) > 0.3;
    return hole ? 0 : Math.min(most, within);
  };
}
