import { expect, test } from "vitest";

import { checkLens } from "../../src/lens/lens";
import { startView } from "../../src/state/start_state";
import { fromFragment, toFragment, type AddressStart } from "../../src/state/url_state";
import type { View } from "../../src/state/view";
import { SCENE } from "./scene";

const START: AddressStart = { view: startView(SCENE), presets: SCENE.presets, check: checkLens };

test("the start has no fragment, and no fragment is the start", () => {
  expect(toFragment(START.view, START)).toBe("");
  expect(fromFragment("", START)).toEqual({ view: START.view, wrong: [] });
});

test("only what differs is written, and reads back", () => {
  const view: View = {
    ...START.view,
    lens: { ...START.view.lens, f_number: 2, t_stop: 2.2, breathing: true },
    focus: Infinity,
    framing: "subject",
    pose: { eye_m: [0.03, 0, -0.1], yaw_rad: Math.PI / 90, pitch_rad: 0, roll_rad: 0, zoom: 1.5 },
    exposure_ev: -0.5,
  };
  const fragment = toFragment(view, START);
  expect(fragment).toBe("f=2&breathing=true&t=2.2&focus=inf&framing=subject&eye=0.03,0,-0.1&yaw=2&zoom=1.5&ev=-0.5");
  const { view: read, wrong } = fromFragment(`#${fragment}`, START);
  expect(wrong).toEqual([]);
  expect(read.pose.yaw_rad).toBeCloseTo(view.pose.yaw_rad, 12);
  expect({ ...read, pose: null }).toEqual({ ...view, pose: null });
});

test("another preset is its name and what differs from it", () => {
  const lens = { ...SCENE.presets[0].lens, f_number: 4 };
  const view: View = { ...START.view, preset: "50mm-f1.8-5blade", lens };
  expect(toFragment(view, START)).toBe("lens=50mm-f1.8-5blade&f=4");
  expect(fromFragment("lens=50mm-f1.8-5blade&f=4", START).view).toEqual(view);
});

test("a focus on a point is three numbers", () => {
  expect(fromFragment("focus=0.5,-0.25,3", START).view.focus).toEqual([0.5, -0.25, 3]);
});

test("wrong values are left out one by one, the others are taken", () => {
  const { view, wrong } = fromFragment("f=9999&mm=50&focus=-1&eye=1,2&framing=wide&lens=none-such&colour=red&ev=1", START);
  expect(view).toEqual({ ...START.view, lens: { ...START.view.lens, focal_length_mm: 50 }, exposure_ev: 1 });
  expect(wrong).toHaveLength(6);
  expect(wrong.join("\n")).toMatch(/none-such[^]*focus is "-1"[^]*eye_m[^]*framing is "wide"[^]*colour[^]*f_number=9999/);
});

test("values that only make sense together are taken together", () => {
  const start: AddressStart = { ...START, view: { ...START.view, lens: { ...START.view.lens, t_stop: 1.6 } } };
  const { view, wrong } = fromFragment("f=4&t=4.5", start);
  expect(wrong).toEqual([]);
  expect([view.lens.f_number, view.lens.t_stop]).toEqual([4, 4.5]);
});
