/** The barrel's metal: how a cylinder that is seen from the side is shaded, ribbed and engraved. */

/** Half the width of what shows, in radii of the barrel: its very edges lie behind what can be seen. */
const SEEN = 0.96;

export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** Of the barrel, CSS pixels. */
  readonly radius: number;
  readonly font: string;
  colour(token: string): string;
}

/** Ready a canvas for a picture of its size on the page; null while it has none. */
export function sheetOf(canvas: HTMLCanvasElement): Sheet | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (width === 0 || height === 0 || context === null) return null;
  const density = window.devicePixelRatio;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  context.scale(density, density);
  const font = getComputedStyle(canvas).fontFamily;
  return { context, width, height, font, radius: barrelRadius(width), colour: (token) => tokenColour(canvas, token) };
}

/** The radius of the barrel of which so many pixels show. */
export function barrelRadius(width: number): number {
  return width / 2 / SEEN;
}

/** A colour of tokens.css as the canvas needs it, resolved for the theme. */
function tokenColour(canvas: HTMLCanvasElement, token: string): string {
  canvas.style.color = `var(${token})`;
  return getComputedStyle(canvas).color;
}

/** Where an angle from the index lies on the sheet; null behind the barrel. */
export function across(sheet: Sheet, angle_rad: number): number | null {
  return Math.abs(angle_rad) < 1.45 ? sheet.width / 2 + sheet.radius * Math.sin(angle_rad) : null;
}

/** Bare metal, lit from above and a little from the left, with a bright upper edge and a groove below. */
export function drawMetal(sheet: Sheet): void {
  const { context, width, height } = sheet;
  const [lit, metal, deep] = [sheet.colour("--metal-lit"), sheet.colour("--metal"), sheet.colour("--metal-deep")];
  const shade = context.createLinearGradient(0, 0, width, 0);
  const stops: readonly (readonly [number, string])[] = [
    [0, deep], [0.1, metal], [0.3, lit], [0.42, metal], [0.62, metal], [0.76, lit], [0.84, metal], [1, deep],
  ];
  for (const [at, colour] of stops) shade.addColorStop(at, colour);
  context.fillStyle = shade;
  context.fillRect(0, 0, width, height);
  context.fillStyle = sheet.colour("--groove");
  context.fillRect(0, height - 1.5, width, 1.5);
  context.globalAlpha = 0.5;
  context.fillStyle = lit;
  context.fillRect(0, 0, width, 1);
  context.globalAlpha = 1;
}

/** Ribs for the fingers between two heights, turned with the ring: a groove, the lit flank of a rib, its back, its shade. */
export function drawRibs(sheet: Sheet, turn_rad: number, every_rad: number, top: number, bottom: number): void {
  const { context } = sheet;
  const [groove, lit] = [sheet.colour("--groove"), sheet.colour("--metal-lit")];
  const shift = turn_rad - Math.floor(turn_rad / every_rad) * every_rad;
  const strip = (angle: number, from: number, to: number, colour: string, alpha: number): void => {
    const [left, right] = [across(sheet, angle + from * every_rad), across(sheet, angle + to * every_rad)];
    if (left === null || right === null) return;
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.fillRect(left, top, Math.max(0.5, right - left), bottom - top);
  };
  for (let angle = -1.45 - shift; angle < 1.5; angle += every_rad) {
    strip(angle, 0, 0.34, groove, 0.8);
    strip(angle, 0.34, 0.44, lit, 0.85 * Math.max(0, Math.cos(angle)));
    strip(angle, 0.8, 1, groove, 0.28);
  }
  // The ribs stand out of the ring: a lit upper end, a shaded lower one.
  context.globalAlpha = 0.45;
  context.fillStyle = groove;
  context.fillRect(0, bottom - 1, sheet.width, 1);
  context.globalAlpha = 0.35;
  context.fillRect(0, top, sheet.width, 1);
  context.globalAlpha = 1;
}

/** Words on the metal, as narrow as the angle makes them, their middle at a height. */
export function engrave(sheet: Sheet, angle_rad: number, text: string, y: number, size: number, colour: string): void {
  const x = across(sheet, angle_rad);
  if (x === null) return;
  const { context } = sheet;
  context.save();
  context.translate(x, y);
  context.scale(Math.cos(angle_rad), 1);
  // The sign for infinity is drawn as low as small letters.
  context.font = `500 ${text === "∞" ? 1.5 * size : size}px ${sheet.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.globalAlpha = fade(angle_rad);
  context.fillStyle = colour;
  context.fillText(text, 0, 0);
  context.restore();
}

/** A line on the metal between two heights. */
export function score(
  sheet: Sheet, angle_rad: number, top: number, bottom: number, colour: string, thickness = 1,
): void {
  const x = across(sheet, angle_rad);
  if (x === null) return;
  const { context } = sheet;
  const wide = Math.max(0.5, thickness * Math.cos(angle_rad));
  context.globalAlpha = fade(angle_rad);
  context.fillStyle = colour;
  context.fillRect(x - wide / 2, top, wide, bottom - top);
  context.globalAlpha = 1;
}

function fade(angle_rad: number): number {
  return Math.min(1, 1.6 * Math.cos(angle_rad));
}
