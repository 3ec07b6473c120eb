import { describe, expect, it } from "vitest";

import { keyframeTimes } from "../../src/path/keyframe_times";
import type { PathRecord } from "../../src/path/path_record";
import type { SceneInfo } from "../../src/scene/scene_info";
import type { State } from "../../src/state/state";
import { Store } from "../../src/state/store";
import {
  addKeyframe, changeKeyframe, chooseKeyframe, copyKeyframe, deleteKeyframe, moveKeyframe, NEXT_S, takePath, updateKeyframe,
} from "../../src/tools/keyframe_commands";
import { moments, type MomentApp } from "../../src/tools/moments";
import { pathHistory } from "../../src/tools/path_history";
import { STATE } from "./fake_app";

const INFO = {
  camera: { fx_px: 1000, fy_px: 1000, cx_px: 500, cy_px: 500, width_px: 1000, height_px: 1000 }, subject_m: [0, 0, 1.5], presets: [],
} as unknown as SceneInfo;

const PULL: PathRecord = { keyframes: [{ at_s: 1, focus: 1, f_number: 2 }, { at_s: 3, focus: 2 }, { at_s: 5, f_number: 8 }] };

function page(state: Partial<State> = {}) {
  const store = new Store({ ...STATE, ...state });
  const said: string[] = [];
  const app: MomentApp = { info: INFO, store, live: { depthAt: () => NaN } as unknown as MomentApp["live"], say: (message) => said.push(message) };
  const times = () => keyframeTimes(store.get().path?.keyframes ?? []);
  return { app, store, said, times };
}

describe("keyframe commands", () => {
  it("lead a camera along: one key keeps the view, and the playhead goes on behind it", () => {
    const { app, store, times } = page();
    addKeyframe(app);
    store.look({ pose: { ...STATE.view.pose, eye_m: [0.01, 0, 0] } });
    addKeyframe(app);
    expect(times()).toEqual([0, NEXT_S]);
    expect(store.get()).toMatchObject({ keyframe: 1, time_s: 2 * NEXT_S });
    expect(moments(app).show(NEXT_S / 2)).toBe(true);
    expect(store.get().view.pose.eye_m[0]).toBeCloseTo(0.005);
  });

  it("replace the keyframe at the playhead", () => {
    const { app, store, times } = page({ path: PULL, time_s: 3 });
    store.look({ focus: 7 });
    addKeyframe(app);
    expect(times()).toEqual([1, 3, 5]);
    expect(store.get().path?.keyframes[1]).toMatchObject({ focus: 7 });
  });

  it("show the chosen keyframe, and give it the view on request", () => {
    const { app, store } = page({ path: PULL });
    chooseKeyframe(app, 1);
    expect(store.get()).toMatchObject({ keyframe: 1, time_s: 3, view: { focus: 2 } });
    store.look({ exposure_ev: 1 });
    updateKeyframe(app);
    expect(store.get().path?.keyframes[1]).toMatchObject({ at_s: 3, exposure_ev: 1, focus: 2 });
  });

  it("copy to the playhead, or behind the end from a keyframe", () => {
    const { app, store, times } = page({ path: PULL, keyframe: 0, time_s: 4 });
    copyKeyframe(app);
    expect(times()).toEqual([1, 3, 4, 5]);
    expect(store.get().path?.keyframes[2]).toMatchObject({ focus: 1, f_number: 2 });
    copyKeyframe(app);
    expect(times()).toEqual([1, 3, 4, 5, 5 + NEXT_S]);
  });

  it("move within the neighbours, one gesture at a time, and undo", () => {
    const { app, store, times } = page({ path: PULL, keyframe: 1 });
    for (const at_s of [3.5, 4, 9]) moveKeyframe(app, 1, at_s, "drag-1");
    expect(times()[1]).toBeLessThan(5);
    expect(times()[1]).toBeGreaterThan(4.9);
    expect(store.get().time_s).toBe(times()[1]);
    pathHistory(app).undo();
    expect(store.get().path).toBe(PULL);
  });

  it("delete until there is no path", () => {
    const { app, store } = page({ path: PULL, keyframe: 2 });
    deleteKeyframe(app);
    expect(store.get()).toMatchObject({ keyframe: 1 });
    deleteKeyframe(app);
    deleteKeyframe(app);
    expect(store.get()).toMatchObject({ path: null, keyframe: null });
  });

  it("refuse values that cannot be, and say which", () => {
    const { app, store, said } = page({ path: PULL, keyframe: 0 });
    expect(changeKeyframe(app, 0, { f_number: -1 })).toBe(false);
    expect(changeKeyframe(app, 0, { focus: "the moon" })).toBe(false);
    expect(store.get().path).toBe(PULL);
    expect(said.map((line) => line.split(":")[0])).toEqual(["keyframes[0].f_number", "keyframes[0].focus"]);
    expect(changeKeyframe(app, 0, { f_number: 4, hold_s: 0.5 })).toBe(true);
    expect(store.get().view.lens.f_number).toBe(4);
  });

  it("say that a keyframe has to be chosen first", () => {
    const { app, store, said } = page({ path: PULL });
    for (const command of [updateKeyframe, copyKeyframe, deleteKeyframe]) command(app);
    expect(said).toHaveLength(3);
    expect(store.get().path).toBe(PULL);
  });
});

describe("moments", () => {
  it("take the lens of the page for a path that says none, as a hand has set it", () => {
    const { app, store } = page({ path: { keyframes: [{ at_s: 0, focus: 1 }, { at_s: 2, focus: 2 }] } });
    moments(app).show(1);
    expect(moments(app).isShown()).toBe(true);
    store.look({ lens: { ...store.get().view.lens, f_number: 5.6 } });
    expect(moments(app).isShown()).toBe(false);
    moments(app).show(1.5);
    expect(store.get().view.lens.f_number).toBe(5.6);
  });

  it("follow the page's path, and say why one cannot be taken", () => {
    const { app, store, said } = page();
    expect(moments(app).path()).toBeNull();
    takePath(app, { keyframes: [{ at_s: 0, focus: "10,10" }, { at_s: 2 }] });
    expect(store.get().time_s).toBe(0);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("keyframes[0].focus");
  });
});
