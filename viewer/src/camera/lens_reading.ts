/** LensReading: what a lens barrel tells of a view, in metres. */

import { depthOfFieldM, hyperfocalM, sharpLimitPx } from "../lens/lens";
import type { Pinhole } from "../scene/scene_info";
import type { View } from "../state/view";
import { focusDistanceM } from "./focus";
import { placeOf } from "./pose";
import { taking } from "./taking";

export interface LensReading {
  /** From the camera that takes the picture, along its axis. */
  readonly focus_m: number;
  /** Limits of what is sharp on the axis; far may be Infinity. */
  readonly near_m: number;
  readonly far_m: number;
  readonly hyperfocal_m: number;
  /** The same at f/16, for the scale of the depth of field. */
  readonly hyperfocal_at_16_m: number;
  /** How many times as far the taking camera is focused as the view's own: more than 1 where framing steps back. */
  readonly stepped_back: number;
  /** Why the picture cannot be taken like this; null where it can. */
  readonly wrong: string | null;
}

/** Read a view through the photo's camera at its full size; where it cannot be taken, without its framing. */
export function lensReading(view: View, photo: Pinhole): LensReading {
  const { width_px, height_px } = photo;
  const taken = taking(view, photo, [width_px, height_px]);
  const own = focusDistanceM(view.focus, placeOf(view.pose));
  const own_m = typeof own === "number" ? own : 1;
  const wrong = "wrong" in taken ? taken.wrong : null;
  const fx_px = "wrong" in taken ? photo.fx_px * view.pose.zoom : taken.camera.fx_px;
  const focus_m = "wrong" in taken ? own_m : taken.focus_distance_m;
  const sharp_px = sharpLimitPx(width_px, height_px);
  const [near_m, far_m] = depthOfFieldM(view.lens, focus_m, fx_px, sharp_px);
  return {
    focus_m, near_m, far_m, wrong,
    hyperfocal_m: hyperfocalM(view.lens, fx_px, sharp_px),
    hyperfocal_at_16_m: hyperfocalM({ ...view.lens, f_number: 16 }, fx_px, sharp_px),
    stepped_back: focus_m === Infinity || own_m === Infinity ? 1 : focus_m / own_m,
  };
}
