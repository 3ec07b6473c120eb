/** Keyframe commands: what buttons, keys and drags do to the camera path; each can be taken back. */

import { checkedPath } from "../path/check";
import {
  changedKeyframe, copiedKeyframe, firstPath, keyframeAt, type KeyframeChange, keyframeOf, movedKeyframe, withKeyframe,
  withoutKeyframe,
} from "../path/edit_path";
import { keyframeTimes } from "../path/keyframe_times";
import { pathLens } from "../path/path_lens";
import { PathProblem } from "../path/path_problem";
import type { PathRecord } from "../path/path_record";
import type { LensSettings } from "../state/view";
import { type MomentApp, moments } from "./moments";
import { pathHistory } from "./path_history";

/** From one keyframe to the next that is added after it, so that a camera can be led along by one key. */
export const NEXT_S = 2;

/**
 * Keep the view as a keyframe at the playhead; one that is there is replaced. Behind the last keyframe the playhead then
 * goes on, ready for the next.
 */
export function addKeyframe(app: MomentApp): void {
  const { path, time_s, view } = app.store.get();
  if (path === null) {
    pathHistory(app).change(firstPath(view, app.info.presets), 0);
    app.store.set({ time_s: NEXT_S });
    app.say("The film begins here. Move the camera or the lens, and add the next keyframe.");
    return;
  }
  attempt(app, () => {
    const lens = lensOf(app, path);
    const keyframe = keyframeOf(view, Math.max(0, time_s), path, lens);
    const next = withKeyframe(path, keyframe, lens);
    const index = keyframeAt(next, keyframe.at_s);
    change(app, next, index);
    if (index === next.keyframes.length - 1 && next.loop_s === undefined) app.store.set({ time_s: keyframe.at_s + NEXT_S });
  });
}

/** Give the chosen keyframe the view as it is now. */
export function updateKeyframe(app: MomentApp): void {
  withChosen(app, (path, index) => {
    const lens = lensOf(app, path);
    const at_s = keyframeTimes(path.keyframes)[index];
    change(app, withKeyframe(path, keyframeOf(app.store.get().view, at_s, path, lens), lens), index);
  });
}

/** Copy the chosen keyframe to the playhead, or behind the last one where the playhead stands on a keyframe. */
export function copyKeyframe(app: MomentApp): void {
  withChosen(app, (path, index) => {
    const { time_s } = app.store.get();
    const last = path.keyframes.length - 1;
    const end_s = keyframeTimes(path.keyframes)[last] + (path.keyframes[last].hold_s ?? 0);
    const at_s = keyframeAt(path, time_s) === null ? time_s : end_s + NEXT_S;
    const next = copiedKeyframe(path, index, at_s, lensOf(app, path));
    change(app, next, keyframeAt(next, at_s));
    moments(app).show(at_s);
  });
}

/** Take the chosen keyframe out; without any there is no path. */
export function deleteKeyframe(app: MomentApp): void {
  withChosen(app, (path, index) => {
    const next = withoutKeyframe(path, index);
    pathHistory(app).change(next, next === null ? null : Math.min(index, next.keyframes.length - 1));
  });
}

/** Put a keyframe at another time, between its neighbours; moves of one gesture are taken back together. */
export function moveKeyframe(app: MomentApp, index: number, at_s: number, gesture: string): void {
  const { path } = app.store.get();
  if (path === null) return;
  const next = movedKeyframe(path, index, at_s);
  pathHistory(app).change(next, index, gesture);
  app.store.set({ time_s: keyframeTimes(next.keyframes)[index] });
}

/** Change values of a keyframe, and show it; false, with a line that says why, where they cannot be. */
export function changeKeyframe(app: MomentApp, index: number, values: KeyframeChange): boolean {
  const { path } = app.store.get();
  if (path === null) return false;
  return attempt(app, () => {
    const next = checkedPath(changedKeyframe(path, index, values, lensOf(app, path)));
    if ("wrong" in next) throw new PathProblem(next.wrong);
    change(app, next, index);
    moments(app).show(keyframeTimes(next.keyframes)[index]);
  });
}

/** Choose a keyframe and go to it. */
export function chooseKeyframe(app: MomentApp, index: number): void {
  const { path } = app.store.get();
  if (path === null) return;
  app.store.set({ keyframe: index, playing: false });
  moments(app).show(keyframeTimes(path.keyframes)[index]);
}

/** Take a whole path, from a file or ready-made, and go to its start. */
export function takePath(app: MomentApp, path: PathRecord): void {
  pathHistory(app).change(path, null);
  app.store.set({ playing: false });
  moments(app).show(keyframeTimes(path.keyframes)[0]);
}

function change(app: MomentApp, path: PathRecord, index: number | null): void {
  pathHistory(app).change(path, index);
}

function lensOf(app: MomentApp, { lens }: PathRecord): LensSettings {
  return pathLens(lens, app.info.presets)?.lens ?? app.store.get().view.lens;
}

function withChosen(app: MomentApp, work: (path: PathRecord, index: number) => void): void {
  const { path, keyframe } = app.store.get();
  if (path === null || keyframe === null) app.say("Choose a keyframe on the timeline first.");
  else attempt(app, () => { work(path, keyframe); });
}

function attempt(app: MomentApp, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof PathProblem)) throw error;
    app.say(error.message, "wrong");
    return false;
  }
}
