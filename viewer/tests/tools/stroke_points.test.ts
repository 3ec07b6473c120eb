import { describe, expect, it } from "vitest";

import { endingAt, type PagePoint, withPoint } from "../../src/tools/stroke_points";

function stroke(points: readonly PagePoint[], radius_px: number): readonly PagePoint[] {
  return points.reduce<readonly PagePoint[]>((kept, point) => withPoint(kept, point, radius_px), []);
}

const line: PagePoint[] = Array.from({ length: 101 }, (_, at) => [at, 2 * at]);

describe("withPoint", () => {
  it("thins points to a quarter of the radius", () => {
    const kept = stroke(line, 40);
    const steps = kept.slice(1).map((point, at) => Math.hypot(point[0] - kept[at][0], point[1] - kept[at][1]));
    expect(kept[0]).toEqual([0, 0]);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(10);
    // The points come 2.24 px apart.
    expect(Math.max(...steps)).toBeLessThan(10 + 2.3);
  });

  it("keeps every point of a brush finer than their distance", () => {
    expect(stroke(line, 1)).toEqual(line);
  });

  it("only ever adds, and gives the same points back where it does not", () => {
    const kept = stroke(line, 40);
    expect(withPoint(kept, kept.at(-1)!, 40)).toBe(kept);
    expect(withPoint(kept, [500, 500], 40).slice(0, -1)).toEqual(kept);
  });
});

describe("endingAt", () => {
  it("adds the end, unless it is there already", () => {
    expect(endingAt([[1, 2]], [1, 3])).toEqual([[1, 2], [1, 3]]);
    expect(endingAt([[1, 2]], [1, 2])).toEqual([[1, 2]]);
  });
});
