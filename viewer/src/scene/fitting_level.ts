/** Fitting level: which of a scene's sizes a picture of some pixels needs. */

import type { Level, Pinhole } from "./scene_info";

/** A picture a little larger than the level still looks sharp. */
const ENOUGH = 0.9;

/** The smallest level that is as large as the photo appears on the canvas; the largest where none is. */
export function fittingLevel(levels: readonly Level[], photo: Pinhole, canvas_px: readonly [number, number], zoom = 1): Level {
  const scale = Math.max(canvas_px[0] / photo.width_px, canvas_px[1] / photo.height_px) * zoom;
  const large = levels.filter((level) => level.width_px >= ENOUGH * scale * photo.width_px);
  const sizes = [...(large.length ? large : levels)].sort((one, other) => one.width_px - other.width_px);
  return large.length ? sizes[0] : sizes[sizes.length - 1];
}

/** From a level down to smaller ones, in the order in which to try them. */
export function downFrom(levels: readonly Level[], level: Level): Level[] {
  return levels.filter((each) => each.width_px <= level.width_px).sort((one, other) => other.width_px - one.width_px);
}
