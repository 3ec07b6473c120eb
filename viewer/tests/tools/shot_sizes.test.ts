import { describe, expect, it } from "vitest";

import { filmSizes, pictureSizes, type ShotSize } from "../../src/tools/shot_sizes";

function table(sizes: readonly ShotSize[]): Record<string, readonly [number, number]> {
  return Object.fromEntries(sizes.map(({ name, size_px }) => [name, size_px]));
}

describe("pictureSizes", () => {
  it("have the photo's own size first and keep its aspect", () => {
    const sizes = pictureSizes([3000, 4001], [801, 600]);
    expect(sizes[0].name).toBe("Photo");
    expect(table(sizes)).toMatchObject({ "Photo": [3000, 4001], "4K": [2878, 3840], "This window": [801, 600] });
  });

  it("are never larger than the photo, since there is no more in it", () => {
    expect(table(pictureSizes([1400, 1000], [1500, 900]))).toEqual({ "Photo": [1400, 1000], "HD": [1280, 914] });
  });
});

describe("filmSizes", () => {
  it("are even, Full HD first, and as large as televisions even of a small photo", () => {
    const sizes = filmSizes([1001, 601], [801, 600]);
    expect(sizes[0].name).toBe("Full HD");
    expect(sizes.every(({ size_px }) => size_px.every((side_px) => side_px % 2 === 0))).toBe(true);
    expect(table(sizes)).toMatchObject({ "4K": [3840, 2304], "Photo": [1000, 600], "This window": [800, 600] });
  });

  it("leave out what the server would refuse", () => {
    expect(table(filmSizes([1000, 600], [5000, 3000]))).not.toHaveProperty("This window");
  });
});
