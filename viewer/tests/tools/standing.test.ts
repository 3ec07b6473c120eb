import { expect, test } from "vitest";

import { project } from "../../src/camera/pinhole";
import { placeOf } from "../../src/camera/pose";
import type { SafeVolume } from "../../src/scene/scene_info";
import type { App } from "../../src/state/app";
import { startState } from "../../src/state/start_state";
import { Store } from "../../src/state/store";
import { dragCamera, rollCamera } from "../../src/tools/standing";
import { SCENE } from "../state/scene";

const SAFE: SafeVolume = { left_m: 0.1, right_m: 0.1, up_m: 0.05, down_m: 0.05, forward_m: 0.2, back_m: 0.1 };

function page(safe: SafeVolume | null): { app: App; said: string[] } {
  const said: string[] = [];
  const app = {
    info: SCENE, store: new Store(startState(SCENE)), safe: () => safe, say: (line: string) => said.push(line),
  } as unknown as App;
  return { app, said };
}

test("a drag keeps what is in focus in its place, and the eye within the safe volume", () => {
  const { app } = page(SAFE);
  const start = app.store.get().view.pose;
  const was = project(SCENE.camera, placeOf(start), SCENE.subject_m);
  dragCamera(app, start, 0.2, 0.1);
  const { pose } = app.store.get().view;
  expect(pose.eye_m[0]).toBeCloseTo(-0.04, 9);
  const is = project(SCENE.camera, placeOf(pose), SCENE.subject_m);
  expect(is[0]).toBeCloseTo(was[0], 6);
  expect(is[1]).toBeCloseTo(was[1], 6);
  dragCamera(app, start, 50, 0);
  expect(app.store.get().view.pose.eye_m[0]).toBeCloseTo(-SAFE.left_m, 6);
  rollCamera(app, 1e6);
  expect(app.store.get().view.pose.eye_m[2]).toBeLessThanOrEqual(SAFE.forward_m);
});

test("while the safe volume is unknown the camera stays and the page says so", () => {
  const { app, said } = page(null);
  dragCamera(app, app.store.get().view.pose, 0.2, 0);
  expect(app.store.get().view.pose).toEqual(startState(SCENE).view.pose);
  expect(said).toHaveLength(1);
});
