/** Page edges: which sides of a window are ends of the page itself, past which it goes on as it ends. */

import type { LoadedScene } from "./loaded_scene";

/** Whether a window ends on its left, top, right and bottom where the page does. */
export function pageEdges(
  { border_px, camera }: Pick<LoadedScene, "border_px" | "camera">,
  { left, top, width, height }: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): readonly [boolean, boolean, boolean, boolean] {
  return [
    left <= -border_px, top <= -border_px, left + width >= camera.width_px + border_px, top + height >= camera.height_px + border_px,
  ];
}
