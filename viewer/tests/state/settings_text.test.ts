import { load } from "js-yaml";
import { expect, test } from "vitest";

import { checkLens } from "../../src/lens/lens";
import { fromSettings, looksLikeSettings, SettingsError, toSettings } from "../../src/state/settings_text";
import { startView } from "../../src/state/start_state";
import type { View } from "../../src/state/view";
import { SCENE } from "./scene";

const VIEW = startView(SCENE);

function refusal(text: string): string {
  try {
    fromSettings(text, VIEW, checkLens);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return "none";
}

test.each<View>([
  VIEW,
  { ...VIEW, focus: Infinity, framing: "lens", exposure_ev: 1.5, preset: null },
  { ...VIEW, focus: 2.5, lens: { ...VIEW.lens, t_stop: 1.7, vignetting: true, image: "500mm-f8-mirror.png" } },
])("settings are YAML, and pasting them gives the view back", (view) => {
  const text = toSettings(view);
  const yaml = load(text) as Record<string, unknown>;
  expect(yaml["f_number"]).toBe(view.lens.f_number);
  expect(yaml["focus"]).toEqual(view.focus);
  expect(fromSettings(text, VIEW, checkLens)).toEqual(view);
});

test("what the text leaves out stays; comments and empty lines are nothing", () => {
  expect(fromSettings("# a lens\n\nf_number: 4 # closed down\n", VIEW, checkLens))
    .toEqual({ ...VIEW, lens: { ...VIEW.lens, f_number: 4 } });
});

test("a line of its own is named for what is wrong", () => {
  expect(refusal("f_number: 2\nfocus: near\nframing: wide")).toBe('line 2: focus is "near"; expected a number');
  expect(refusal("f_number: 2\nfnumber: 4")).toBe('line 2: "fnumber" is no setting of a view');
  expect(refusal("hello")).toMatch(/^line 1: "hello" is no setting/);
  expect(refusal("curvature: 0.5\nf_number: 400\nblades: 7")).toMatch(/^line 2: f_number=400/);
});

test("other text is not taken for settings", () => {
  expect(looksLikeSettings(toSettings(VIEW))).toBe(true);
  expect(looksLikeSettings("Dear all,\nnote: this is a letter")).toBe(false);
});
