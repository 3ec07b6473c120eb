/** The live picture, once it has converged: as a file, and the colour at a place of it. */

import type { App } from "../state/app";
import { download, fileStem } from "./download";

/** Save what the page shows as an 8-bit PNG. Throws Error where the browser cannot. */
export async function saveLivePicture({ info, live }: Pick<App, "info" | "live">): Promise<void> {
  const pixels = await live.pixels();
  const canvas = document.createElement("canvas");
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  const png = await new Promise<Blob | null>((made) => {
    canvas.toBlob(made, "image/png");
  });
  const { width, height } = pixels;
  if (png === null) throw new Error(`a PNG of ${width} × ${height} could not be made; make the window smaller`);
  download(png, `${fileStem(info.name)}.png`);
}

/** RGBA 8 bit, rows from the top. */
export interface Pixels {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** How far around the place is looked: one pixel alone may be grain. */
const AROUND_PX = 1;

/** The mean colour around a place as "#rrggbb"; the place in shares of width and height, from the upper left. */
export function colourAt({ data, width, height }: Pixels, across: number, down: number): string {
  const column = Math.min(width - 1, Math.max(0, Math.floor(across * width)));
  const row = Math.min(height - 1, Math.max(0, Math.floor(down * height)));
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = Math.max(0, row - AROUND_PX); y <= Math.min(height - 1, row + AROUND_PX); y++) {
    for (let x = Math.max(0, column - AROUND_PX); x <= Math.min(width - 1, column + AROUND_PX); x++) {
      for (let channel = 0; channel < 3; channel++) sum[channel] += data[4 * (y * width + x) + channel];
      count += 1;
    }
  }
  return `#${sum.map((total) => Math.round(total / count).toString(16).padStart(2, "0")).join("")}`;
}
