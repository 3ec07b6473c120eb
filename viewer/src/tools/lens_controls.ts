/** What keys, wheels, rings and fingers do with the lens. */

import { lensReading, type LensReading } from "../camera/lens_reading";
import { turnedStop } from "../lens/f_stops";
import { distanceAt, focusScale, turnOf, type FocusScale } from "../lens/focus_scale";
import type { SceneInfo } from "../scene/scene_info";
import type { App } from "../state/app";
import type { View } from "../state/view";

/** The scale of the focus ring for a view, and what it reads. */
export function focusRing(view: View, info: SceneInfo): { readonly scale: FocusScale; readonly reading: LensReading } {
  const reading = lensReading(view, info.camera);
  return { scale: focusScale(reading.hyperfocal_at_16_m, view.lens.focal_length_mm), reading };
}

/** Focus the taking camera at a distance. */
export function focusAt(app: App, distance_m: number): void {
  const { view } = app.store.get();
  const { stepped_back } = lensReading(view, app.info.camera);
  app.store.look({ focus: distance_m === Infinity ? Infinity : distance_m / stepped_back });
}

/** Turn the focus ring by radians; positive is farther. */
export function turnFocus(app: App, by_rad: number): void {
  const { scale, reading } = focusRing(app.store.get().view, app.info);
  focusAt(app, distanceAt(scale, Math.min(0, turnOf(scale, reading.focus_m) + by_rad)));
}

/** Set the f-number; a T-stop keeps what the glass takes. */
export function setAperture(app: App, f_number: number): void {
  const { lens } = app.store.get().view;
  const t_stop = lens.t_stop === null ? null : Math.min(1000, (lens.t_stop * f_number) / lens.f_number);
  app.store.look({ lens: { ...lens, f_number, t_stop } });
}

/** Turn the aperture ring by thirds of a stop; positive closes. */
export function turnAperture(app: App, thirds: number): void {
  if (thirds === 0) return;
  const { f_number } = app.store.get().view.lens;
  setAperture(app, turnedStop(f_number, thirds > 0 ? 1 : -1, Math.abs(thirds)));
}

/** More or less exposure, in stops. */
export function expose(app: App, by_ev: number): void {
  const { exposure_ev } = app.store.get().view;
  app.store.look({ exposure_ev: Math.min(10, Math.max(-10, Math.round((exposure_ev + by_ev) * 100) / 100)) });
}
