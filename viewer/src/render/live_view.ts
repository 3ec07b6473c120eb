/** LiveView: the picture on the screen, as panels and tools see it. */

import type { Pinhole } from "../scene/scene_info";
import type { Vec3 } from "../state/view";

/** What a place of the picture shows. */
export interface Pick {
  readonly layer: string;
  /** The texel: column and row of the photo at full size (negative in the border). */
  readonly pixel: readonly [number, number];
  readonly inverse_depth: number;
  /** The same place in the world, metres. */
  readonly point_m: Vec3;
  /** From the camera of the view, along its axis. */
  readonly distance_m: number;
}

/** A stroke that is being painted, shown at once, before the server has made it part of the page. */
export interface LiveStroke {
  readonly layer: string;
  /** Columns and rows of the photo at full size; [NaN, NaN] lifts the brush. */
  readonly points: readonly (readonly [number, number])[];
  readonly radius_px: number;
  /** null shows a neutral veil, for tools whose result only the server knows. */
  readonly colour: string | null;
  readonly opacity: number;
}

export interface Progress {
  readonly samples: number;
  readonly of: number;
}

export interface LiveView {
  readonly canvas: HTMLCanvasElement;
  /** The size of the level that is shown. */
  readonly level: { readonly level: number; readonly width_px: number; readonly height_px: number };
  /** The camera that takes the picture now, after framing, in pixels of the canvas. */
  camera(): Pinhole;
  /** What shows at a place of the canvas (CSS pixels from its upper left corner); null where nothing is. */
  pick(x: number, y: number): Pick | null;
  /** z-depth at a pixel of the photo at full size, metres: Infinity, or NaN where nothing is. */
  depthAt(column_px: number, row_px: number): number;
  /** Show a stroke, or none. */
  stroke(stroke: LiveStroke | null): void;
  /** The converged picture as display pixels, rows from the top: RGBA 8 bit. */
  pixels(): Promise<ImageData>;
  /** Told whenever a frame has been drawn. */
  onFrame(listener: (progress: Progress) => void): () => void;
}
