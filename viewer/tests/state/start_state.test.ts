import { expect, test } from "vitest";

import { startState, startView } from "../../src/state/start_state";
import { PLAIN_LENS } from "../../src/state/view";
import { SCENE } from "./scene";

test("a page starts with the portrait preset, focused on the subject, at the photo's place", () => {
  const { view, history } = startState(SCENE);
  expect(view.preset).toBe("85mm-f1.4-9blade");
  expect(view.lens).toBe(SCENE.presets[1].lens);
  expect(view.focus).toEqual(SCENE.subject_m);
  expect(view.pose.eye_m).toEqual([0, 0, 0]);
  expect(history).toBe(SCENE.history);
});

test("without that preset the lens is a plain 85 mm f/1.4", () => {
  const view = startView({ ...SCENE, presets: [] });
  expect([view.preset, view.lens]).toEqual([null, PLAIN_LENS]);
});
