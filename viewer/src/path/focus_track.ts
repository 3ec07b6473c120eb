/** Focus track: what a path is focused on, in inverse depth from the camera of every moment. */

import type { Place } from "../camera/pose";
import { column, dot } from "../camera/vectors";
import { wrong } from "../lens/lens";
import type { FocusAim } from "./aim";
import { runningAt } from "./clock";
import { towards } from "./look_at";
import { PathProblem } from "./path_problem";
import type { Tracks } from "./tracks";
import { always, between, blended, trackOf } from "./tracks";

/**
 * Inverse depth of the plane of focus, 1/m, by the path's own time, from the camera that is at a place then.
 *
 * From one aim to the next it goes evenly in inverse depth, each aim measured from the camera of the moment, so that a
 * pull between two places stays right while the camera moves. Where no keyframe says a focus it is `byDefault`.
 *
 * What it returns throws PathProblem, with the time, for a place that is behind the camera.
 */
export function focusTrack(tracks: Tracks, byDefault: () => FocusAim): (time_s: number, from: Place) => number {
  const said = trackOf(tracks, (key) => key.focus !== null);
  const track = said ?? always(tracks);
  const aims = said === null ? [byDefault()] : said.keys.map((key) => tracks.keyframes[key].focus!);
  return (time_s, from) => {
    const { one, other, share } = between(track, runningAt(tracks.clock, time_s));
    const first = share === 1 ? 0 : inverseM(aims[one], time_s, from);
    const last = share === 0 ? 0 : inverseM(aims[other], time_s, from);
    return Math.max(blended(first, last, share, "even"), 0);
  };
}

function inverseM(aim: FocusAim, time_s: number, from: Place): number {
  if ("inverse_m" in aim) return aim.inverse_m;
  const ahead = dot(towards(aim.place, from.eye_m), column(from.rotation, 2));
  if (ahead > 0) return aim.place[3] / ahead;
  // What is infinitely far is in focus at infinity, wherever the camera looks.
  if (aim.place[3] === 0) return 0;
  const behind = `a place behind the camera at ${Number(time_s.toPrecision(6))} s`;
  throw new PathProblem(wrong("focus", behind, "a place ahead of it"));
}
