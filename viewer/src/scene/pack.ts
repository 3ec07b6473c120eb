/** Pack: the container that one level of a scene travels in, as `relens.viewer` writes it. */

import type { Pinhole } from "./scene_info";
import type { History } from "../state/state";

export interface Chunk {
  readonly offset: number;
  readonly length: number;
}

/** A layer's window on the level's photo grid (left and top are negative in the border), and where its parts lie. */
export interface PackedLayer {
  readonly name: string;
  readonly subject: boolean;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** WebP of straight sRGB colour. */
  readonly colour: Chunk;
  /** Light over white: linear = decoded colour * 2^(code / 255 * gain_stops). */
  readonly gain: Chunk | null;
  readonly gain_stops: number;
  readonly alpha: Chunk;
  /** Inverse depth = depth_far + code * depth_step, 1/m; null where a patch leaves it as it is. */
  readonly depth: Chunk | null;
  readonly depth_far: number;
  readonly depth_step: number;
}

export interface PackHeader {
  readonly kind: "scene" | "patch";
  readonly revision: number;
  readonly level: number;
  readonly camera: Pinhole;
  readonly border_px: number;
  readonly history: History;
  readonly layers: readonly PackedLayer[];
  readonly uncertainty: Chunk | null;
  readonly uncertainty_width?: number;
  readonly uncertainty_height?: number;
}

export interface Pack {
  readonly header: PackHeader;
  readonly bytes: (chunk: Chunk) => Uint8Array<ArrayBuffer>;
}

const MAGIC = 0x4b504c52; // "RLPK"
const VERSION = 1;

/** Read a pack's table of contents. Throws an Error, in one line, for what is none or of another version. */
export function openPack(buffer: ArrayBuffer): Pack {
  const view = new DataView(buffer);
  if (buffer.byteLength < 12 || view.getUint32(0, true) !== MAGIC) throw new Error("the scene's data is damaged: no pack");
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw new Error(`the scene's data has version ${version}; this page reads ${VERSION}: reload it`);
  const start = 12 + view.getUint32(8, true);
  if (start > buffer.byteLength) throw new Error("the scene's data is damaged: it ends in its header");
  const header = headerOf(new TextDecoder().decode(new Uint8Array(buffer, 12, start - 12)));
  return {
    header,
    bytes: ({ offset, length }) => {
      const isInside = offset >= 0 && length >= 0 && start + offset + length <= buffer.byteLength;
      if (!isInside) throw new Error("the scene's data is damaged: a part lies outside of it");
      return new Uint8Array(buffer, start + offset, length);
    },
  };
}

function headerOf(text: string): PackHeader {
  try {
    return JSON.parse(text) as PackHeader;
  } catch {
    throw new Error("the scene's data is damaged: its header is no JSON");
  }
}
