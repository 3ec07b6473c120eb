/** Where the camera stands, as drags, keys and wheels change it: always within the safe volume. */

import { clampToSafe, lookedAround } from "../camera/look_around";
import { rotationOf } from "../camera/pose";
import { apply, subtract } from "../camera/vectors";
import type { App } from "../state/app";
import { PHOTO_POSE, type Pose, type Vec3 } from "../state/view";
import { animate } from "./ease";

const HOME_MS = 450;
const STEP_MS = 180;
/** Steps from the photo's place to the edge of the safe volume. */
const STEPS = 6;
/** Of a wheel from one end of the safe volume to the other. */
const ROLL_PX = 2000;

let stopLast: () => void = () => undefined;

/** What stays in its place in the picture while the camera moves: what is in focus, or else the subject. */
export function pivotOf(app: App): Vec3 {
  const { focus } = app.store.get().view;
  return typeof focus === "number" ? app.info.subject_m : focus;
}

/** The pose after moving from `start` along its own axes (right, down, forward, metres); null while the safe volume is unknown. */
export function movedPose(app: App, start: Pose, moved_m: Vec3): Pose | null {
  const safe = app.safe();
  if (safe === null) return null;
  const [x, y, z] = apply(rotationOf(start), moved_m);
  const wanted: Vec3 = [start.eye_m[0] + x, start.eye_m[1] + y, start.eye_m[2] + z];
  return lookedAround(start, pivotOf(app), subtract(clampToSafe(wanted, safe), start.eye_m));
}

/** Move the camera from where a drag began; a share of 1 goes from edge to edge of the safe volume. */
export function dragCamera(app: App, start: Pose, share_x: number, share_y: number): void {
  const safe = app.safe();
  if (safe === null) {
    sayUnknown(app);
    return;
  }
  stopLast();
  // The near part of the scene follows the hand, so the eye goes the other way.
  const moved: Vec3 = [-share_x * (safe.left_m + safe.right_m), -share_y * (safe.up_m + safe.down_m), 0];
  const pose = movedPose(app, start, moved);
  if (pose !== null) app.store.look({ pose });
}

/** One step right, down and forward (each -1, 0 or 1), eased. */
export function stepCamera(app: App, right: number, down: number, forward: number): void {
  const safe = app.safe();
  if (safe === null) {
    sayUnknown(app);
    return;
  }
  const { pose } = app.store.get().view;
  const target = movedPose(app, pose, [
    (right * (safe.left_m + safe.right_m)) / 2 / STEPS,
    (down * (safe.up_m + safe.down_m)) / 2 / STEPS,
    (forward * (safe.forward_m + safe.back_m)) / 2 / STEPS,
  ]);
  if (target !== null) easePose(app, target, STEP_MS);
}

/** Forward, or back for a negative roll, by pixels of a wheel. */
export function rollCamera(app: App, pixels: number): void {
  const safe = app.safe();
  if (safe === null) {
    sayUnknown(app);
    return;
  }
  stopLast();
  const { pose } = app.store.get().view;
  const moved = movedPose(app, pose, [0, 0, (pixels / ROLL_PX) * (safe.forward_m + safe.back_m)]);
  if (moved !== null) app.store.look({ pose: moved });
}

/** Back to the photo's place, eased. */
export function goHome(app: App): void {
  easePose(app, PHOTO_POSE, HOME_MS);
}

function easePose(app: App, target: Pose, duration_ms: number): void {
  stopLast();
  const from = app.store.get().view.pose;
  let mine = from;
  stopLast = animate(duration_ms, (t) => {
    // A drag or a playing path takes over.
    if (app.store.get().view.pose !== mine) return false;
    mine = t < 1 ? poseBetween(from, target, t) : target;
    app.store.look({ pose: mine });
    return true;
  });
}

/** A pose a share t of the way between two that are near each other. */
export function poseBetween(from: Pose, to: Pose, t: number): Pose {
  const mix = (a: number, b: number): number => a + (b - a) * t;
  return {
    eye_m: [mix(from.eye_m[0], to.eye_m[0]), mix(from.eye_m[1], to.eye_m[1]), mix(from.eye_m[2], to.eye_m[2])],
    yaw_rad: mix(from.yaw_rad, to.yaw_rad),
    pitch_rad: mix(from.pitch_rad, to.pitch_rad),
    roll_rad: mix(from.roll_rad, to.roll_rad),
    zoom: from.zoom * (to.zoom / from.zoom) ** t,
  };
}

function sayUnknown(app: App): void {
  app.say("How far the camera may move is still being worked out; try again in a moment.");
}
