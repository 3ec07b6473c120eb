import { expect, test } from "vitest";

import { keyName } from "../../src/tools/keyboard";
import { withToggled } from "../../src/tools/open_panels";
import { shortcutGroups } from "../../src/tools/shortcuts";

const NONE = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

test("keys are named as the table writes them", () => {
  expect(keyName({ ...NONE, key: "e" })).toBe("e");
  expect(keyName({ ...NONE, key: "E", shiftKey: true })).toBe("Shift+E");
  expect(keyName({ ...NONE, key: "?", shiftKey: true })).toBe("?");
  expect(keyName({ ...NONE, key: "ArrowLeft", shiftKey: true })).toBe("Shift+ArrowLeft");
  expect(keyName({ ...NONE, key: "Z", shiftKey: true, metaKey: true })).toBe("Mod+Shift+Z");
  expect(keyName({ ...NONE, key: "z", ctrlKey: true })).toBe("Mod+Z");
  // With Caps Lock.
  expect(keyName({ ...NONE, key: "K" })).toBe("k");
  expect(keyName({ ...NONE, key: "ArrowLeft", altKey: true })).toBe("");
});

test("no key does two things", () => {
  const keys = shortcutGroups(() => undefined).flatMap(({ shortcuts }) => shortcuts.flatMap((one) => one.keys));
  expect(new Set(keys).size).toBe(keys.length);
});

test("one panel beside the picture, the timeline besides; on a phone one of all", () => {
  expect(withToggled(["lens"], "look", false)).toEqual(["look"]);
  expect(withToggled(["lens"], "timeline", false)).toEqual(["lens", "timeline"]);
  expect(withToggled(["lens", "timeline"], "lens", false)).toEqual(["timeline"]);
  expect(withToggled(["lens"], "timeline", true)).toEqual(["timeline"]);
  expect(withToggled(["lens"], "help", true)).toEqual(["lens", "help"]);
});
