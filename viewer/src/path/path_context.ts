/** PathContext: what a path does not say itself: the photo, the scene that its aims are places in, and the lens. */

import type { Pinhole, Preset } from "../scene/scene_info";
import type { Focus, LensSettings, Vec3 } from "../state/view";

export interface PathContext {
  /** The photo's own camera, at full size. */
  readonly photo: Pinhole;
  readonly subject_m: Vec3;
  /** The z-depth at a pixel of the photo, metres; Infinity for what is there, NaN where nothing is. */
  depthAt(column_px: number, row_px: number): number;
  /** The lenses that a path may name. */
  readonly presets: readonly Preset[];
  /** For a path that says no lens. */
  readonly lens: LensSettings;
  /** For a path that says neither a focus nor a lens; Infinity for the subject, as `relens.path.shots` has it. */
  readonly focus: Focus;
}
