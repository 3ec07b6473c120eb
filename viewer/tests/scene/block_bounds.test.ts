import { expect, test } from "vitest";

import { BlockBounds, noBounds } from "../../src/scene/block_bounds";
import type { LoadedLayer } from "../../src/scene/loaded_scene";
import { seeded, type Random } from "../golden/random";
import { anyLayer, everywhere, madeLayer, PAGE } from "./made_scene";

type Box = readonly [number, number, number, number];
const FREE = [false, false, false, false];

/** Texel by texel; what lies past a held edge is the edge's texel, and past others nothing. */
function bruteForce(layer: LoadedLayer, [left, top, right, bottom]: Box, held: readonly boolean[]) {
  const found = { near: -Infinity, far: Infinity, opaque: true, across: 0, down: 0 };
  const inside = (x: number, y: number): boolean =>
    (x >= 0 || held[0]) && (y >= 0 || held[1]) && (x < layer.width || held[2]) && (y < layer.height || held[3]);
  const at = (x: number, y: number): number =>
    Math.min(layer.height - 1, Math.max(0, y)) * layer.width + Math.min(layer.width - 1, Math.max(0, x));
  const inverse = (x: number, y: number): number => layer.depth_far + layer.depth_step * layer.depth[at(x, y)];
  for (let y = Math.floor(top) - layer.top; y < bottom - layer.top; y++) {
    for (let x = Math.floor(left) - layer.left; x < right - layer.left; x++) {
      if (!inside(x, y) || layer.alpha[at(x, y)] < 255) found.opaque = false;
      if (!inside(x, y)) continue;
      if (x + 1 < right - layer.left) found.across = Math.max(found.across, Math.abs(inverse(x + 1, y) - inverse(x, y)));
      if (y + 1 < bottom - layer.top) found.down = Math.max(found.down, Math.abs(inverse(x, y + 1) - inverse(x, y)));
      if (layer.alpha[at(x, y)] === 0) continue;
      found.near = Math.max(found.near, inverse(x, y));
      found.far = Math.min(found.far, inverse(x, y));
    }
  }
  return found;
}

function anyBox(random: Random): Box {
  const [left, top] = [random(-40, 100), random(-40, 80)];
  const size = random(0, 1) ** 3 * 150;
  return [left, top, left + random(0.1, 1) * size, top + random(0.1, 1) * size];
}

test("bounds of a box are never narrower than the truth", () => {
  const random = seeded(3);
  for (let turn = 0; turn < 40; turn++) {
    const layer = anyLayer(random, "one", turn % 3 === 0);
    const held = FREE.map(() => random(0, 1) < 0.4);
    const bounds = new BlockBounds(layer, held);
    for (let each = 0; each < 60; each++) {
      const box = anyBox(random);
      const [found, right] = [bounds.within(...box, noBounds()), bruteForce(layer, box, held)];
      if (right.near >= right.far) {
        expect(found.near).toBeGreaterThanOrEqual(right.near - 1e-6);
        expect(found.far).toBeLessThanOrEqual(right.far + 1e-6);
      }
      expect(found.across).toBeGreaterThanOrEqual(right.across - 1e-6);
      expect(found.down).toBeGreaterThanOrEqual(right.down - 1e-6);
      if (found.opaque) expect(right.opaque).toBe(true);
    }
  }
});

test("bounds are tight where a box is one block, and opaque where all of it is", () => {
  const slope = (column: number): number => 0.5 + 0.002 * column;
  const layer = madeLayer("one", { left: 0, top: 0, width: 64, height: 32 }, slope, (column) => (column < 40 ? 1 : 0));
  const bounds = new BlockBounds(layer, FREE);
  const found = bounds.within(8, 8, 15.9, 15.9, noBounds());
  expect(found.near).toBeCloseTo(slope(15.5), 3);
  expect(found.far).toBeCloseTo(slope(8.5), 3);
  expect(found.across).toBeCloseTo(0.002, 5);
  expect(found.down).toBe(0);
  expect(found.opaque).toBe(true);
  expect(bounds.within(32, 8, 44, 16, noBounds()).opaque).toBe(false);
  // A texel beside a visible one counts, the next does not.
  expect(bounds.all.near).toBeCloseTo(slope(40.5), 3);
  const nothing = bounds.within(56, 8, 63, 16, noBounds());
  expect(nothing.near).toBeLessThan(nothing.far);
});

test("past the window is nothing, past a held edge is the edge", () => {
  const layer = madeLayer("one", PAGE, everywhere(0.7), everywhere(1));
  const box: Box = [PAGE.left - 90, 0, PAGE.left - 50, 20];
  const past = new BlockBounds(layer, FREE).within(...box, noBounds());
  expect([past.near < past.far, past.opaque]).toEqual([true, false]);
  const held = new BlockBounds(layer, [true, false, false, false]).within(...box, noBounds());
  expect([held.near, held.opaque]).toEqual([expect.closeTo(0.7, 5), true]);
});
