import { describe, expect, it } from "vitest";

import { fileStem } from "../../src/tools/download";
import { colourAt, type Pixels } from "../../src/tools/live_picture";

/** Red grows with the column, green with the row. */
const PIXELS: Pixels = {
  width: 8, height: 4,
  data: Array.from({ length: 8 * 4 * 4 }, (_, at) => [10 * ((at >> 2) % 8), 20 * (at >> 5), 7, 255][at % 4]),
};

describe("colourAt", () => {
  it("is the mean around the place", () => {
    expect(colourAt(PIXELS, 4.5 / 8, 2.5 / 4)).toBe("#282807");
  });

  it("looks only at what there is, at the edges", () => {
    expect(colourAt(PIXELS, 0, 0)).toBe("#050a07");
    expect(colourAt(PIXELS, 1, 1)).toBe("#413207");
  });
});

describe("fileStem", () => {
  it("is a name that every file system takes", () => {
    expect(fileStem("Anna: am Fenster.jpg")).toBe("Anna- am Fenster");
    expect(fileStem("../..\\x")).toBe("x");
    expect(fileStem("海.heic")).toBe("海");
    expect(fileStem("///")).toBe("relens");
  });
});
