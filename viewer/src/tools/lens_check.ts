/** Whether a lens can be used with a scene: its numbers are a lens's, and the image of its pupil is known. */

import { checkLens } from "../lens/lens";
import type { SceneInfo } from "../scene/scene_info";
import type { LensCheck } from "../state/view_values";

/** A check that says in one line what is wrong, or null. */
export function lensCheck({ presets }: Pick<SceneInfo, "presets">): LensCheck {
  const images = new Set(presets.map(({ lens }) => lens.image));
  return (lens) => {
    if (lens.image === null || images.has(lens.image)) return checkLens(lens);
    return `image=${lens.image.slice(0, 40)}: expected none, or the image of one of the presets`;
  };
}
