/** Path lens: what the lens values of keyframes are laid over. */

import type { Preset } from "../scene/scene_info";
import type { Focus, LensSettings } from "../state/view";
import { PLAIN_LENS } from "../state/view";
import { PathProblem } from "./path_problem";
import type { PathRecord } from "./path_record";

export interface PathLens {
  readonly lens: LensSettings;
  /** The preset's name; null for a lens that is said key by key. */
  readonly preset: string | null;
  /** For a path whose keyframes say no focus; Infinity for the subject. */
  readonly focus: Focus;
}

/**
 * The lens that a path says: a preset by name, or a preset's keys over the plain lens; null where it says none.
 *
 * Throws PathProblem for a name that is no preset's, and an image of an aperture, which the page has of presets alone.
 */
export function pathLens(said: PathRecord["lens"], presets: readonly Preset[]): PathLens | null {
  if (said === undefined) return null;
  if (typeof said === "string") {
    const preset = presets.find(({ name }) => name === said);
    if (preset !== undefined) return { lens: preset.lens, preset: said, focus: Infinity };
    throw new PathProblem(`lens: ${said} is no preset; expected one of ${presets.map(({ name }) => name).join(", ")}`);
  }
  const { focus_distance_m = Infinity, image = null, ...values } = said as Partial<LensSettings> & {
    readonly focus_distance_m?: number;
  };
  if (image !== null) {
    throw new PathProblem(`lens.image: ${image}; expected none, or the name of a preset as lens, which brings its own`);
  }
  return { lens: { ...PLAIN_LENS, ...values }, preset: null, focus: focus_distance_m };
}
