import { expect, test } from "vitest";

import { fNumberAt, FULL_STOPS, THIRDS, thirdsOf, turnedStop } from "../../src/lens/f_stops";

test("engraved numbers are a third of a stop apart, as far as their two digits say", () => {
  THIRDS.forEach((stop, index) => {
    expect(Math.abs(2 * Math.log2(stop / 0.5) - index / 3)).toBeLessThan(0.15);
    expect(thirdsOf(stop)).toBeCloseTo(index, 12);
    expect(fNumberAt(index)).toBe(stop);
  });
  expect(FULL_STOPS).toEqual([0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16, 22, 32, 45, 64, 90, 128]);
});

test("from between two numbers a turn goes to the next of them", () => {
  expect(turnedStop(0.95, 1)).toBe(1);
  expect(turnedStop(0.95, -1)).toBe(0.9);
  expect(turnedStop(1.4, 1)).toBe(1.6);
  expect(turnedStop(1.4, -1, 3)).toBe(1);
  expect(turnedStop(128, 1)).toBe(128);
  expect(turnedStop(0.5, -1)).toBe(0.5);
});
