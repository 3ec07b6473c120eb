import { expect, test } from "vitest";

import { atlasLayout, COARSEST } from "../../src/scene/atlas_layout";
import { seeded } from "../golden/random";

const GRID = 2 ** COARSEST;

test("each window has a place of its own, on the coarsest level's grid, with room all around", () => {
  const random = seeded(1);
  for (let turn = 0; turn < 300; turn++) {
    const most = turn % 2 ? 4096 : 8192;
    const windows = Array.from({ length: Math.floor(random(1, 7)) }, () => ({
      width: Math.ceil(random(0, 1) ** 3 * 2500), height: Math.ceil(random(0, 1) ** 3 * 2500),
    }));
    const layout = atlasLayout(windows, most);
    if (!layout) continue;
    expect(layout.width % GRID + layout.height % GRID).toBe(0);
    expect(Math.max(layout.width, layout.height)).toBeLessThanOrEqual(most);
    expect(layout.places).toHaveLength(windows.length);
    layout.places.forEach(({ rect, x, y }, index) => {
      for (const side of [rect.x, rect.y, rect.width, rect.height]) expect(side % GRID).toBe(0);
      expect(rect.x).toBeGreaterThanOrEqual(0);
      expect(rect.y).toBeGreaterThanOrEqual(0);
      expect(rect.x + rect.width).toBeLessThanOrEqual(layout.width);
      expect(rect.y + rect.height).toBeLessThanOrEqual(layout.height);
      const room = [x - rect.x, y - rect.y, rect.x + rect.width - x - windows[index].width, rect.y + rect.height - y - windows[index].height];
      expect(Math.min(...room)).toBeGreaterThanOrEqual(GRID);
      for (const { rect: other } of layout.places.slice(index + 1)) {
        const apart = rect.x + rect.width <= other.x || other.x + other.width <= rect.x || rect.y + rect.height <= other.y || other.y + other.height <= rect.y;
        expect(apart).toBe(true);
      }
    });
  }
});

test("null where windows cannot fit", () => {
  expect(atlasLayout([{ width: 4096, height: 10 }], 4096)).toBeNull();
  expect(atlasLayout([{ width: 10, height: 4096 }], 4096)).toBeNull();
  expect(atlasLayout(Array.from({ length: 5 }, () => ({ width: 2000, height: 2000 })), 4096)).toBeNull();
});

test("what fits well is not refused", () => {
  expect(atlasLayout([{ width: 4096 - 2 * GRID, height: 4096 - 2 * GRID }], 4096)).not.toBeNull();
  expect(atlasLayout(Array.from({ length: 4 }, () => ({ width: 1984, height: 1984 })), 4096)).not.toBeNull();
  // Windows of many heights waste less than half.
  const random = seeded(2);
  for (let turn = 0; turn < 50; turn++) {
    const windows = Array.from({ length: 6 }, () => ({ width: Math.ceil(random(100, 1100)), height: Math.ceil(random(100, 1100)) }));
    expect(atlasLayout(windows, 4096)).not.toBeNull();
  }
});
