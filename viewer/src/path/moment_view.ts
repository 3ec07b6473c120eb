/** Moment view: a moment of a path, laid over what the page shows. */

import { turnsOf } from "../camera/pose";
import type { View } from "../state/view";
import type { PathMoment } from "./prepared_path";

/** The view that a film has at a moment: what the path does not say of the lens is the view's. */
export function momentView(moment: PathMoment, view: View): View {
  const { pose, pathLens } = moment;
  return {
    lens: { ...(pathLens?.lens ?? view.lens), ...moment.lens },
    preset: pathLens === null ? view.preset : pathLens.preset,
    focus: moment.focus_distance_m,
    // A path has its field of view and its places itself.
    framing: "photo",
    pose: { eye_m: pose.eye_m, ...turnsOf(pose.rotation), zoom: moment.zoom },
    exposure_ev: moment.exposure_ev,
  };
}
