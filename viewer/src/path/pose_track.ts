/** Pose track: where the camera of a path stands and how it is turned, at any time. */

import type { Place } from "../camera/pose";
import type { Mat3 } from "../camera/vectors";
import { IDENTITY } from "../camera/vectors";
import { wrong } from "../lens/lens";
import type { Vec3 } from "../state/view";
import { runningAt } from "./clock";
import type { Spline } from "./course";
import { courseOf } from "./course";
import type { Keyframe } from "./keyframe";
import { isPlumb, levelRotation, towards } from "./look_at";
import { PathProblem } from "./path_problem";
import { turnLengthRad, turnedAlong } from "./rotation_spline";
import { eyeSpline, pointAt } from "./spline";
import { warpAt } from "./time_warp";
import type { Track, Tracks } from "./tracks";
import { always, isClosed, trackOf, warpOf, wound } from "./tracks";

/** What looks at something turns as the eye moves, so that its angle to the next is never quite known. */
const LEAST_TURN_RAD = Math.PI / 180;
const NO_ROTATION = IDENTITY.map(() => NaN) as unknown as Mat3;
const ZERO = IDENTITY.map(() => 0) as unknown as Mat3;
const ORIGIN: Vec3 = [0, 0, 0];

/**
 * Where the camera of a path is by the path's own time; where no keyframe says it, in the photo's own place.
 *
 * What it returns throws PathProblem, with the time, where what it looks at is straight above or below.
 */
export function poseTrack(tracks: Tracks, spline: Spline): (time_s: number) => Place {
  const eyeAt = eyeTrack(tracks, spline);
  const track = trackOf(tracks, (key) => key.rotation !== null || key.lookAt !== null) ?? always(tracks);
  const keyframes = track.keys.map((key) => tracks.keyframes[key]);
  const seen = keyframes.map((key, i) => orientation(key, eyeAt(tracks.clock.running_s[track.keys[i]])));
  const lengths = turnLengths(keyframes, seen, isClosed(track));
  const { course, knots } = courseOf(lengths, spline, isClosed(track), keyframes.map((key) => key.shape));
  const warp = warpOf(track, knots);
  return (time_s) => {
    const running_s = runningAt(tracks.clock, time_s);
    const eye_m = eyeAt(running_s);
    const knot = warpAt(warp, wound(track, running_s));
    const rotation = turnedAlong(course, knot, (stop) => orientation(keyframes[stop], eye_m));
    if (Number.isNaN(rotation[0])) {
      const above = `straight above or below the camera at ${Number(time_s.toPrecision(6))} s`;
      throw new PathProblem(wrong("look_at", above, "a place that a level camera can look at"));
    }
    return { rotation, eye_m };
  };
}

/** Where the eye is at running times. */
function eyeTrack(tracks: Tracks, spline: Spline): (running_s: number) => Vec3 {
  const track: Track = trackOf(tracks, (key) => key.eye_m !== null) ?? always(tracks);
  const keyframes = track.keys.map((key) => tracks.keyframes[key]);
  const points_m = keyframes.map((key) => key.eye_m ?? ORIGIN);
  const eye = eyeSpline(points_m, spline, isClosed(track), keyframes.map((key) => key.shape));
  const warp = warpOf(track, eye.knots);
  return (running_s) => pointAt(eye, warpAt(warp, wound(track, running_s)));
}

/** That of a keyframe, seen from a place; NaN for what is straight above or below. */
function orientation(key: Keyframe, eye_m: Vec3): Mat3 {
  if (key.lookAt === null) return key.rotation ?? IDENTITY;
  const direction = towards(key.lookAt, eye_m);
  return isPlumb(direction) ? NO_ROTATION : levelRotation(direction);
}

/** Angles from each orientation to the next at their times; 0 for the same place to look at, from wherever. */
function turnLengths(keyframes: readonly Keyframe[], seen: readonly Mat3[], closed: boolean): readonly number[] {
  const [count, told] = [keyframes.length, seen.map((rotation) => (Number.isNaN(rotation[0]) ? ZERO : rotation))];
  return told.slice(0, closed ? count : count - 1).map((rotation, i) => {
    const next = (i + 1) % count;
    const [one, other] = [keyframes[i].lookAt, keyframes[next].lookAt];
    const angle_rad = turnLengthRad(rotation, told[next]);
    if (one === null && other === null) return angle_rad;
    if (one?.every((number, place) => number === other?.[place])) return 0;
    return Math.max(angle_rad, LEAST_TURN_RAD);
  });
}
