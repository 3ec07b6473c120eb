/** Comparing numbers that came from two languages. */

import { expect } from "vitest";

/** Every number is the other's to a part of 1e-9, or of `tolerance`. */
export function expectClose(found: ArrayLike<number>, right: ArrayLike<number>, tolerance = 1e-9): void {
  expect(found.length).toBe(right.length);
  for (let i = 0; i < right.length; i++) {
    const close = found[i] === right[i] || Math.abs(found[i] - right[i]) <= tolerance * Math.max(1, Math.abs(right[i]));
    expect(close, `number ${i}: ${found[i]} and not ${right[i]}`).toBe(true);
  }
}
