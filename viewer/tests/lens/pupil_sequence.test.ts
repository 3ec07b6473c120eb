import { expect, test } from "vitest";
import { unitSquare } from "../../src/lens/pupil_sequence";
import { golden } from "../golden/lens_golden";

test("points are relens's own, bit for bit", () => {
  for (const { first, points } of golden.points) expect([...unitSquare(first, points.length / 2)]).toEqual(points);
});

test("every aligned block of 2^k points has one in each elementary interval", () => {
  for (const [first, k] of [[0, 6], [64, 6], [4096, 8], [1024, 5]] as const) {
    const points = unitSquare(first, 2 ** k);
    for (let wide = 0; wide <= k; wide++) {
      const cells = new Set<number>();
      for (let i = 0; i < points.length; i += 2) {
        cells.add(Math.floor(points[i] * 2 ** wide) * 2 ** (k - wide) + Math.floor(points[i + 1] * 2 ** (k - wide)));
      }
      expect(cells.size).toBe(2 ** k);
    }
  }
});
