/** The state that a page starts with, from what is known of its scene. */

import type { SceneInfo } from "../scene/scene_info";
import type { State } from "./state";
import { PHOTO_POSE, PLAIN_LENS, type View } from "./view";

/** The usual portrait lens. */
const FAVOURITE = /^85mm-f1\.4/;

/** The photo's own view through a portrait lens that is focused on the subject. */
export function startView(info: SceneInfo): View {
  const preset = info.presets.find(({ name }) => FAVOURITE.test(name)) ?? null;
  return Object.freeze<View>({
    lens: preset?.lens ?? PLAIN_LENS,
    preset: preset?.name ?? null,
    focus: info.subject_m,
    framing: "photo",
    pose: PHOTO_POSE,
    exposure_ev: 0,
  });
}

/** How the page opens: nothing over the picture, a click focuses, the lens panel lies open on a desk. */
export function startState(info: SceneInfo): State {
  return Object.freeze<State>({
    view: startView(info),
    overlay: "none",
    compare: null,
    tool: "focus",
    // A brush about as wide as a cheek's highlight.
    brush: { radius_px: Math.max(4, Math.round(info.camera.width_px / 80)), opacity: 1, colour: "#c8503c" },
    history: info.history,
    path: null,
    keyframe: null,
    time_s: 0,
    playing: false,
    loop: false,
    theme: "auto",
    open: ["lens"],
  });
}
