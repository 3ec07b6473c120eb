/** Focus: how far from a camera what it is focused on lies (`relens.render.aim.focus_distance_m`). */

import { wrong } from "../lens/lens";
import type { Focus } from "../state/view";
import type { Wrong } from "./framing";
import type { Place } from "./pose";
import { column, dot, subtract } from "./vectors";

/**
 * The focus distance along the axis of a camera, metres, wherever it stands and looks; Infinity for a focus there.
 *
 * Wrong: a distance that is not positive, a point behind the photo's camera, and one that is not ahead of this camera.
 */
export function focusDistanceM(focus: Focus, place: Place): number | Wrong {
  if (typeof focus === "number") {
    return focus > 0 ? focus : { wrong: wrong("focus", focus, "a positive distance, or inf") };
  }
  if (!(focus[2] > 0)) {
    return { wrong: wrong("point_m", `(${focus.join(", ")})`, "a point before the photo's camera: z over 0") };
  }
  const ahead_m = dot(column(place.rotation, 2), subtract(focus, place.eye_m));
  if (ahead_m > 0) return ahead_m;
  const away = `${Number(focus[2].toPrecision(3))} m from the photo`;
  return { wrong: wrong("focus", away, "a point ahead of the new camera") };
}
