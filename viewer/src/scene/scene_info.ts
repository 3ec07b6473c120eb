/** SceneInfo: what the server, or an exported page, says of the opened scene before its pixels come. */

import type { PathRecord } from "../path/path_record";
import type { LensSettings, Vec3 } from "../state/view";

export interface Pinhole {
  readonly fx_px: number;
  readonly fy_px: number;
  readonly cx_px: number;
  readonly cy_px: number;
  readonly width_px: number;
  readonly height_px: number;
}

/** A size the scene can be had in: level k is halved k times. */
export interface Level {
  readonly level: number;
  readonly width_px: number;
  readonly height_px: number;
}

/** Points of a pupil that an image shapes, before it is turned and squeezed; see `relens.Aperture.samples`. */
export interface ImagePupil {
  /** x, y of each point in pupil radii, one after the other. */
  readonly points: readonly number[];
  /** Red, green, blue of each point. */
  readonly weights: readonly number[];
}

export interface Preset {
  readonly name: string;
  readonly lens: LensSettings;
  readonly pupil: ImagePupil | null;
}

/** How far the eye may go from the photo's place without seeing holes, metres, all positive. */
export interface SafeVolume {
  readonly left_m: number;
  readonly right_m: number;
  readonly up_m: number;
  readonly down_m: number;
  readonly forward_m: number;
  readonly back_m: number;
}

/** A ready-made move: a camera path made for this scene. */
export interface Move {
  readonly name: string;
  readonly path: PathRecord;
}

export interface SceneInfo {
  readonly format: "relens-view";
  readonly version: 1;
  /** For people: the folder's or the photo's name. */
  readonly name: string;
  readonly relens: string;
  /** The photo's own camera, at full size. */
  readonly camera: Pinhole;
  readonly depth_source: string;
  readonly levels: readonly Level[];
  /** Where the subject is, in the world. */
  readonly subject_m: Vec3;
  readonly presets: readonly Preset[];
  readonly has_source: boolean;
  readonly has_uncertainty: boolean;
  readonly history: { readonly revision: number; readonly done: readonly string[]; readonly undone: readonly string[]; readonly saved: boolean };
  /** Names of the moves that can be made; an exported page carries their paths instead of asking for them. */
  readonly moves: readonly string[];
}
