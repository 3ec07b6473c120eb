import { expect, test } from "vitest";

import { Pace } from "../../src/render/pace";
import { seeded } from "../golden/random";

const PIXELS = 960 * 640;
const FRAME_MS = 1000 / 60;

/** A card that takes so long for a lens sample of a pixel, asked with the screen's frames whether it is done. */
function card(cost_ms: number) {
  return (samples: number, pixels: number): number => Math.max(1, Math.ceil((cost_ms * samples * pixels) / FRAME_MS)) * FRAME_MS;
}

function learn(pace: Pace, took: (samples: number, pixels: number) => number, turns: number): void {
  for (let turn = 0; turn < turns; turn++) {
    const samples = pace.batch(PIXELS);
    pace.learn(samples, PIXELS, took(samples, PIXELS));
  }
}

test("before anything is known a preview is small, and a batch is one sample", () => {
  const { samples, scale } = new Pace().preview(PIXELS);
  expect(samples).toBeGreaterThanOrEqual(1);
  expect(scale).toBeGreaterThan(0);
  expect(scale).toBeLessThanOrEqual(0.5);
  expect(new Pace().batch(PIXELS)).toBe(1);
});

test("a card's speed is learnt", () => {
  const [slow, fast] = [new Pace(), new Pace()];
  for (let turn = 0; turn < 30; turn++) {
    slow.learn(1, PIXELS, 300);
    fast.learn(32, PIXELS, 2);
  }
  expect(slow.batch(PIXELS)).toBe(1);
  expect(slow.preview(PIXELS).scale).toBeLessThan(0.5);
  expect(fast.batch(PIXELS)).toBeGreaterThan(100);
  expect(fast.preview(PIXELS).scale).toBe(1);
  // What is asked takes about what it may.
  expect(fast.batch(PIXELS) * (2 / 32)).toBeLessThan(40);
});

test("on a fast card batches grow, though nobody learns before the next frame of the screen that one is done", () => {
  const pace = new Pace();
  learn(pace, card(1e-7), 30);
  expect(pace.batch(PIXELS)).toBeGreaterThanOrEqual(16);
  expect(pace.preview(PIXELS).scale).toBe(1);
});

/** Half a millisecond a sample. */
const STEADY = (samples: number): number => 0.5 * samples;

test("a picture that waited in a hidden tab is no measurement", () => {
  const pace = new Pace();
  learn(pace, STEADY, 30);
  const before = pace.batch(PIXELS);
  pace.learn(before, PIXELS, 3_600_000);
  learn(pace, STEADY, 3);
  expect(pace.batch(PIXELS)).toBeGreaterThan(before / 4);
});

test("a tiny picture says little about a large one", () => {
  const pace = new Pace();
  learn(pace, STEADY, 30);
  const before = pace.batch(PIXELS);
  // What a canvas has while nothing of it shows.
  pace.learn(8, 1, FRAME_MS);
  expect(pace.batch(PIXELS)).toBeGreaterThan(before / 4);
});

test("whatever it learns, it asks for one sample or more, of a part of the picture's width", () => {
  const random = seeded(4);
  const pace = new Pace();
  for (let turn = 0; turn < 500; turn++) {
    pace.learn(Math.ceil(random(0, 64)), Math.ceil(10 ** random(0, 7)), random(0, 1) < 0.1 ? 0 : 10 ** random(-3, 6));
    const pixels = Math.ceil(10 ** random(0, 7));
    const { samples, scale } = pace.preview(pixels);
    for (const whole of [samples, pace.batch(pixels)]) {
      expect(Number.isInteger(whole)).toBe(true);
      expect(whole).toBeGreaterThanOrEqual(1);
    }
    expect(scale).toBeGreaterThan(0);
    expect(scale).toBeLessThanOrEqual(1);
  }
});
