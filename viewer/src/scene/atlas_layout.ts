/** Atlas layout: where each layer's window lies in the textures that hold them all. */

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A layer's place: its rectangle, and where in it the window's upper left texel lies. */
export interface Place {
  readonly rect: Rect;
  readonly x: number;
  readonly y: number;
}

export interface AtlasLayout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly Place[];
}

/** The coarsest level of colours is 2^5: rectangles lie on its grid, so that no texel of it belongs to two layers. */
export const COARSEST = 5;
const GRID = 1 << COARSEST;

/**
 * Windows in shelves, the highest first; null where they do not fit.
 *
 * Around each window lie at least 32 texels, so that the coarsest level ends on nothing.
 */
export function atlasLayout(windows: readonly { readonly width: number; readonly height: number }[], most: number): AtlasLayout | null {
  const sizes = windows.map(({ width, height }) => ({ width: onGrid(width + 2 * GRID), height: onGrid(height + 2 * GRID) }));
  const widest = Math.max(...sizes.map((size) => size.width));
  const area = sizes.reduce((sum, size) => sum + size.width * size.height, 0);
  const width = Math.max(widest, Math.min(most, onGrid(Math.sqrt(area))));
  if (width > most) return null;
  const rects: Rect[] = [];
  const order = sizes.map((_, index) => index).sort((one, other) => sizes[other].height - sizes[one].height || one - other);
  let [x, y, shelf] = [0, 0, 0];
  for (const index of order) {
    const size = sizes[index];
    if (x + size.width > width) [x, y, shelf] = [0, y + shelf, 0];
    rects[index] = { x, y, ...size };
    x += size.width;
    shelf = Math.max(shelf, size.height);
  }
  const height = y + shelf;
  if (height > most) return null;
  return { width, height, places: rects.map((rect) => ({ rect, x: rect.x + GRID, y: rect.y + GRID })) };
}

function onGrid(size: number): number {
  return Math.ceil(size / GRID) * GRID;
}
