import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { startState } from "../../src/state/start_state";
import { Store } from "../../src/state/store";
import { between, pullFocus } from "../../src/tools/focus_pull";
import { SCENE } from "../state/scene";

let now_ms = 0;
let frames: (() => void)[] = [];
let lessMotion = false;

beforeEach(() => {
  now_ms = 0;
  frames = [];
  lessMotion = false;
  vi.stubGlobal("performance", { now: () => now_ms });
  vi.stubGlobal("window", {
    matchMedia: () => ({ matches: lessMotion }),
    requestAnimationFrame: (frame: (now: number) => void) => frames.push(() => { frame(now_ms); }),
    cancelAnimationFrame: () => { frames = []; },
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function pass(by_ms: number): void {
  now_ms += by_ms;
  const due = frames;
  frames = [];
  for (const frame of due) frame();
}

test("a pull goes evenly in inverse distance and ends on the place", () => {
  const store = new Store(startState(SCENE));
  const place = [0, 0, 3] as const;
  pullFocus(store, place, 100);
  pass(50);
  expect(store.get().view.focus).toBeCloseTo(2 / (1 / 1.2 + 1 / 3), 9);
  pass(50);
  expect(store.get().view.focus).toBe(place);
  expect(frames).toHaveLength(0);
});

test("whatever else sets the focus ends a pull", () => {
  const store = new Store(startState(SCENE));
  pullFocus(store, [0, 0, 3], 100);
  pass(30);
  store.look({ focus: 0.8 });
  pass(30);
  pass(100);
  expect(store.get().view.focus).toBe(0.8);
});

test("who wants less motion gets the focus at once", () => {
  lessMotion = true;
  const store = new Store(startState(SCENE));
  pullFocus(store, Infinity);
  expect(store.get().view.focus).toBe(Infinity);
});

test("infinity is inverse distance 0", () => {
  expect(between(2, Infinity, 0.5)).toBeCloseTo(4);
  expect(between(2, Infinity, 1)).toBe(Infinity);
});
