/** Taking: from a view to the camera that takes its picture. */

import { checkLens } from "../lens/lens";
import type { Pinhole } from "../scene/scene_info";
import type { LensSettings, View } from "../state/view";
import { focusDistanceM } from "./focus";
import type { Framed, Wrong } from "./framing";
import { framed } from "./framing";
import { fitted, photoView } from "./pinhole";
import { placeOf } from "./pose";

/** The camera of a picture, where it stands, what it is focused at, and the lens before it. */
export interface Taken extends Framed {
  readonly lens: LensSettings;
}

/**
 * The camera that takes the picture of a view on a grid of `size_px` (width, height): the photo's view scaled to cover
 * the grid, zoomed, the focus measured from where the pose stands, then framed, as `relens.shoot` does.
 *
 * Wrong: a lens, a focus or a framing that cannot be, in one line.
 */
export function taking(view: View, photo: Pinhole, size_px: readonly [number, number]): Taken | Wrong {
  const unfit = checkLens(view.lens);
  if (unfit !== null) return { wrong: unfit };
  const place = placeOf(view.pose);
  const focus_distance_m = focusDistanceM(view.focus, place);
  if (typeof focus_distance_m !== "number") return focus_distance_m;
  const camera = photoView(fitted(photo, size_px[0], size_px[1]), view.pose.zoom);
  const found = framed({ camera, ...place, focus_distance_m }, view.lens, view.framing);
  return "wrong" in found ? found : { ...found, lens: view.lens };
}
