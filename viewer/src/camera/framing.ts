/** Framing: whose field of view a picture has, and where its camera stands for it (`relens.framing`). */

import { breathingScale, checkFocus, wrong } from "../lens/lens";
import type { Pinhole } from "../scene/scene_info";
import type { Framing, LensSettings } from "../state/view";
import { photoView } from "./pinhole";
import type { Place } from "./pose";
import { add, apply } from "./vectors";

/** A camera in its place, with the distance that its lens is focused at. */
export interface Framed extends Place {
  readonly camera: Pinhole;
  readonly focus_distance_m: number;
}

/** Why something cannot be done, in one line for people. */
export interface Wrong {
  readonly wrong: string;
}

/** What rounding may take of a field of view. */
const AS_WIDE = 1 - 1e-9;

/**
 * The camera that takes the picture, focused from where it then stands.
 *
 * Framing photo keeps field of view and place; lens takes the lens's field of view, fx = focal length / sensor width
 * times the picture's long side; subject takes that too, from along the axis where what is in focus is as large as
 * it was. A lens that breathes narrows the field by F / (F - f) besides, F measured from where the camera then stands.
 *
 * Wrong: a lens that sees more than the camera does (framing lens), a focus at infinity (framing subject), and one
 * within the focal length.
 */
export function framed(from: Framed, lens: LensSettings, framing: Framing): Framed | Wrong {
  const unfocused = checkFocus(lens, from.focus_distance_m);
  if (unfocused !== null) return { wrong: unfocused };
  if (framing === "photo") return breathed(from, lens);
  const zoom = zoomOf(from.camera, lens);
  if (framing === "lens" && zoom < AS_WIDE) return { wrong: tooShort(from.camera, lens) };
  if (framing === "lens") return breathed({ ...from, camera: photoView(from.camera, zoom) }, lens);
  if (from.focus_distance_m === Infinity) {
    return { wrong: wrong("focus_distance_m", Infinity, "the subject's with framing subject") };
  }
  // F / zoom' with zoom' = zoom F / (F - f), solved for F: breathing enlarges the subject too.
  const distance_m = from.focus_distance_m * zoom + (lens.breathing ? lens.focal_length_mm * 1e-3 : 0);
  const within = checkFocus(lens, distance_m);
  if (within !== null) return { wrong: within };
  const eye_m = add(from.eye_m, apply(from.rotation, [0, 0, from.focus_distance_m - distance_m]));
  return breathed({ ...from, eye_m, camera: photoView(from.camera, zoom), focus_distance_m: distance_m }, lens);
}

/** How much longer the lens is than a camera: focal length / sensor width times the long side, over its fx. */
export function zoomOf(camera: Pinhole, lens: LensSettings): number {
  const long_px = Math.max(camera.width_px, camera.height_px);
  return ((lens.focal_length_mm / lens.sensor_width_mm) * long_px) / camera.fx_px;
}

function breathed(from: Framed, lens: LensSettings): Framed {
  return { ...from, camera: photoView(from.camera, breathingScale(lens, from.focus_distance_m)) };
}

function tooShort(camera: Pinhole, lens: LensSettings): string {
  const long_px = Math.max(camera.width_px, camera.height_px);
  const fits_mm = Math.ceil((10 * AS_WIDE * camera.fx_px * lens.sensor_width_mm) / long_px) / 10;
  const expected = `${fits_mm} mm or more with framing lens: a shorter lens sees past the photo's edges`;
  return wrong("focal_length_mm", lens.focal_length_mm, expected);
}
