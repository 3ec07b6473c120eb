/** LoadedScene: a scene's level in memory, its depths and alphas to look things up in. */

import type { Pinhole } from "./scene_info";
import type { History } from "../state/state";
import type { Pack, PackedLayer } from "./pack";
import { openPack } from "./pack";
import { readPlane8, readPlane16 } from "./plane";

/** A window of a layer's page; [row, column] lies at the level's photo pixel (column + left, row + top). */
export interface PageWindow {
  readonly name: string;
  readonly subject: boolean;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Straight sRGB colour, the size of the window. */
  readonly colour: ImageBitmap;
  readonly gain: Uint8Array<ArrayBuffer> | null;
  readonly gain_stops: number;
  readonly alpha: Uint8Array<ArrayBuffer>;
  /** Codes of inverse depth: depth_far + code * depth_step, 1/m; null in a patch that leaves it. */
  readonly depth: Uint16Array<ArrayBuffer> | null;
  readonly depth_far: number;
  readonly depth_step: number;
}

/** A layer of a whole scene: its depth is known. */
export interface LoadedLayer extends PageWindow {
  readonly depth: Uint16Array<ArrayBuffer>;
  /** The greatest inverse depth, 1/m. */
  readonly depth_near: number;
}

/** Standard deviation of log-depth on a coarse grid over the photo: code / 255 * 0.5. */
export interface Uncertainty {
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export interface LoadedScene {
  readonly level: number;
  readonly camera: Pinhole;
  readonly border_px: number;
  readonly layers: readonly LoadedLayer[];
  readonly uncertainty: Uncertainty | null;
  readonly history: History;
}

/** Decode a whole scene. Rejects, in one line, where the data is damaged. */
export async function loadScene(buffer: ArrayBuffer): Promise<LoadedScene> {
  const pack = openPack(buffer);
  const { header } = pack;
  const layers = (await Promise.all(header.layers.map((layer) => readWindow(pack, layer)))).map(withDepth);
  return {
    level: header.level,
    camera: header.camera,
    border_px: header.border_px,
    layers,
    uncertainty: await readUncertainty(pack),
    history: header.history,
  };
}

/** Decode the windows of a patch, and the level whose grid they lie on. */
export async function loadPatch(buffer: ArrayBuffer): Promise<{ readonly level: number; readonly windows: readonly PageWindow[] }> {
  const pack = openPack(buffer);
  return { level: pack.header.level, windows: await Promise.all(pack.header.layers.map((layer) => readWindow(pack, layer))) };
}

async function readWindow(pack: Pack, layer: PackedLayer): Promise<PageWindow> {
  const { name, subject, left, top, width, height, gain_stops, depth_far, depth_step } = layer;
  const [colour, gain, alpha, depth] = await Promise.all([
    createImageBitmap(new Blob([pack.bytes(layer.colour)], { type: "image/webp" }), {
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    }),
    layer.gain && readPlane8(pack.bytes(layer.gain), width, height),
    readPlane8(pack.bytes(layer.alpha), width, height),
    layer.depth && readPlane16(pack.bytes(layer.depth), width, height),
  ]);
  return { name, subject, left, top, width, height, colour, gain, gain_stops, alpha, depth, depth_far, depth_step };
}

function withDepth(window: PageWindow): LoadedLayer {
  const { depth } = window;
  if (depth === null) throw new Error(`the scene's data is damaged: layer ${window.name} has no depth`);
  let most = 0;
  for (const code of depth) if (code > most) most = code;
  return { ...window, depth, depth_near: window.depth_far + most * window.depth_step };
}

async function readUncertainty(pack: Pack): Promise<Uncertainty | null> {
  const { uncertainty, uncertainty_width: width, uncertainty_height: height } = pack.header;
  if (!uncertainty || !width || !height) return null;
  return { codes: await readPlane8(pack.bytes(uncertainty), width, height), width, height };
}
