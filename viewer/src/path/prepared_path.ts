/** Prepared path: a path made ready once, that tells camera, focus, lens and exposure of any moment as a film has them. */

import { zoomOfFov, verticalFovRad } from "../camera/pinhole";
import type { Place } from "../camera/pose";
import { checkFocus, checkLens, wrong } from "../lens/lens";
import type { Focus, LensSettings } from "../state/view";
import type { FocusAim } from "./aim";
import { focusAimOf, parseAim } from "./aim";
import { within } from "./clock";
import { lagged } from "./focus_pull";
import { focusTrack } from "./focus_track";
import type { LensValue, LensValues } from "./keyframe";
import { LENS_VALUES, LOG_LENS_VALUES } from "./keyframe";
import { keyframesOf } from "./keyframes_of";
import type { PathContext } from "./path_context";
import type { PathLens } from "./path_lens";
import { pathLens } from "./path_lens";
import { PathProblem } from "./path_problem";
import type { PathRecord } from "./path_record";
import { poseTrack } from "./pose_track";
import type { Tracks } from "./tracks";
import { numberTrack, tracksOf } from "./tracks";

const FOV_RAD = [1e-6, 3.1415] as const;
const EXPOSURE_EV = [-20, 20] as const;

/** One moment of a path. */
export interface PathMoment {
  /** Camera-to-world: the rotation and the eye, metres. */
  readonly pose: Place;
  /** 2 atan(height / (2 fy)); before a lens that breathes narrows it. */
  readonly vertical_fov_rad: number;
  /** The same, as how many times as long as the photo's view the view is. */
  readonly zoom: number;
  /** From the camera of the moment, along its axis; Infinity allowed. */
  readonly focus_distance_m: number;
  /** Stops brighter or darker; 0 where no keyframe says it. */
  readonly exposure_ev: number;
  /** The numbers of the lens that keyframes say. */
  readonly lens: LensValues;
  /** What they are laid over, where the path says a lens itself; null for the caller's. */
  readonly pathLens: PathLens | null;
}

export interface PreparedPath {
  /** When it begins and ends, by the path's own time: that of `at_s` and of `keyframeTimes`. */
  readonly begin_s: number;
  readonly end_s: number;
  readonly duration_s: number;
  /**
   * The moment at a time of the path's own: a loop goes round, a path that ends stands before its start and after its
   * end. Throws PathProblem, with the time, for a place behind the camera, one that cannot be looked at, a focus nearer
   * than the focal length, and values that an ease has taken outside their ranges.
   */
  at(time_s: number): PathMoment;
}

/**
 * The moments of a checked path, as `relens.path.shots` has them.
 *
 * Throws PathProblem, with the place, for aims that are not in the scene and a lens that the page does not have; of a
 * path whose focus lags also what `at` throws.
 */
export function preparedPath(record: PathRecord, context: PathContext): PreparedPath {
  const own = pathLens(record.lens, context.presets);
  const base = own?.lens ?? context.lens;
  const tracks = tracksOf(keyframesOf(record.keyframes, context), record.loop_s ?? null);
  const { clock } = tracks;
  const poseAt = poseTrack(tracks, record.spline ?? "centripetal");
  const byDefault = (): FocusAim => defaultAim(own?.focus ?? context.focus, context);
  const focusAt = focusTrack(tracks, byDefault);
  const fovAt = numberTrack(tracks, (key) => key.verticalFov_rad, "fov");
  const exposureAt = numberTrack(tracks, (key) => key.exposure_ev);
  const lensAt = lensTrack(tracks);
  const laggedAt = record.focus_lag_s
    ? lagged(
      (time_s) => focusAt(time_s, poseAt(time_s)), record.focus_lag_s, clock.time_s[0], clock.end_s,
      [...clock.time_s, ...clock.time_s.map((time_s, key) => time_s + clock.hold_s[key])], record.loop_s !== undefined,
    )
    : null;
  return {
    begin_s: clock.time_s[0],
    end_s: clock.end_s,
    duration_s: clock.end_s - clock.time_s[0],
    at: (time_s) => {
      const now_s = within(clock, time_s);
      const pose = poseAt(now_s);
      const inverse_m = laggedAt === null ? focusAt(now_s, pose) : laggedAt(now_s);
      const fov_rad = fovAt === null ? verticalFovRad(context.photo) : fovAt(now_s);
      const moment = {
        pose,
        vertical_fov_rad: fov_rad,
        zoom: zoomOfFov(context.photo, fov_rad),
        focus_distance_m: inverse_m > 0 ? 1 / inverse_m : Infinity,
        exposure_ev: exposureAt === null ? 0 : exposureAt(now_s),
        lens: lensAt(now_s),
        pathLens: own,
      };
      const problem = problemOf(moment, { ...base, ...moment.lens });
      if (problem !== null) throw new PathProblem(`at ${Number(now_s.toPrecision(6))} s ${problem}`);
      return moment;
    },
  };
}

/** The focus of a path that says none. */
function defaultAim(focus: Focus, context: PathContext): FocusAim {
  return focusAimOf(focus === Infinity ? { kind: "subject" } : parseAim(focus)!, context);
}

/** What keyframes say of the lens, by the path's own time. */
function lensTrack(tracks: Tracks): (time_s: number) => LensValues {
  const made = LENS_VALUES.flatMap((name) => {
    const scale = LOG_LENS_VALUES.includes(name) ? "log" : "even";
    const valueAt = numberTrack(tracks, (key) => key.lens[name] ?? null, scale);
    return valueAt === null ? [] : [[name, valueAt] as const];
  });
  return (time_s) => Object.fromEntries(made.map(([name, valueAt]): [LensValue, number] => [name, valueAt(time_s)]));
}

/** Why no camera takes a moment: an ease may have gone beyond what keyframes may say; null for one that can be taken. */
function problemOf(moment: PathMoment, lens: LensSettings): string | null {
  const { vertical_fov_rad, exposure_ev } = moment;
  if (!(FOV_RAD[0] <= vertical_fov_rad && vertical_fov_rad <= FOV_RAD[1])) {
    return wrong("vertical_fov_rad", vertical_fov_rad, "over 0 to 3.14 rad (180 degrees)");
  }
  if (!(EXPOSURE_EV[0] <= exposure_ev && exposure_ev <= EXPOSURE_EV[1])) {
    return wrong("exposure_ev", exposure_ev, "-20 to 20 stops");
  }
  return checkLens(lens) ?? checkFocus(lens, moment.focus_distance_m);
}
