/** ShotSizes: the sizes that a picture or a film can be ordered in; sizes are width and height in pixels. */

export type Size = readonly [number, number];

export interface ShotSize {
  readonly name: string;
  readonly size_px: Size;
}

const LONG_SIDES: readonly (readonly [string, number])[] = [["4K", 3840], ["2K", 2560], ["Full HD", 1920], ["HD", 1280]];
/** A film may be larger than a small photo, as televisions are. */
const FILM_SIDE_PX = 4096;

/** A picture's: the photo's own first, then common smaller ones of its aspect, and the window's where the photo has it. */
export function pictureSizes(photo: Size, window: Size): readonly ShotSize[] {
  const own: ShotSize = { name: "Photo", size_px: photo };
  const smaller = scaled(photo).filter(({ size_px }) => fits(size_px, photo));
  return [own, ...smaller, ...[{ name: "This window", size_px: window }].filter(({ size_px }) => fits(size_px, photo))];
}

/** A film's: even sides, of the photo's aspect or the window's; Full HD first. */
export function filmSizes(photo: Size, window: Size): readonly ShotSize[] {
  const most: Size = [Math.max(photo[0], FILM_SIDE_PX), Math.max(photo[1], FILM_SIDE_PX)];
  const common = scaled(photo);
  const first = common.filter(({ name }) => name === "Full HD");
  const others = common.filter(({ name }) => name !== "Full HD");
  const own = [{ name: "Photo", size_px: even(photo) }, { name: "This window", size_px: even(window) }];
  return [...first, ...others, ...own].filter(({ size_px }) => fits(size_px, most));
}

function scaled(photo: Size): readonly ShotSize[] {
  return LONG_SIDES.map(([name, long_px]) => {
    const scale = long_px / Math.max(...photo);
    return { name, size_px: even([photo[0] * scale, photo[1] * scale]) };
  });
}

function fits(size: Size, most: Size): boolean {
  return size[0] <= most[0] && size[1] <= most[1];
}

/** To the nearest even sides, but never more. */
function even([width_px, height_px]: Size): Size {
  return [Math.max(2, 2 * Math.floor(width_px / 2)), Math.max(2, 2 * Math.floor(height_px / 2))];
}
