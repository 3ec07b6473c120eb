/** BrushStroke: paints, heals or recolours where the pointer drags over the picture. */

import type { LiveStroke, Pick as Place } from "../render/live_view";
import type { Edit } from "../server/server";
import type { App } from "../state/app";
import type { Brush, Tool } from "../state/state";
import { editQueue, type QueueApp, whyReadOnly } from "./edit_queue";
import { endingAt, type PagePoint, withPoint } from "./stroke_points";

export interface BrushStroke {
  /** A drag begins, goes on, ends, at a place of the canvas in CSS pixels. */
  down(x: number, y: number): void;
  move(x: number, y: number): void;
  up(): void;
  /** The drag became something else, such as a pinch: as if it had not begun. */
  cancel(): void;
}

export type PaintTool = Exclude<Tool, "focus">;

interface Stroke {
  readonly tool: PaintTool;
  readonly brush: Brush;
  readonly layer: string;
  readonly points: readonly PagePoint[];
  /** Where the brush is now, which may be too near to the last point to be one. */
  readonly end: PagePoint;
}

/** What of an App a stroke uses. */
export type StrokeApp = QueueApp & { readonly live: Pick<App["live"], "pick" | "stroke" | "level"> };

const NAMES: Readonly<Record<PaintTool, string>> = {
  brush: "The brush stroke", heal: "The healing", recolour: "The recolouring",
};
/** One standard deviation of a stroke's soft edge, in radii and at least so many pixels. */
const FEATHER = 0.125;
const LEAST_FEATHER_PX = 0.5;
/** Between strokes that are shown as one: a point that is nowhere, to which no line leads. */
const LIFTED: PagePoint = [NaN, NaN];

/**
 * Strokes of the chosen tool. A stroke belongs to the layer it begins on: where another is in front it paints nothing. It
 * shows at once, and goes to the server when the drag ends; strokes that come meanwhile wait in their order.
 */
export function brushStroke(app: StrokeApp): BrushStroke {
  const queue = editQueue(app);
  let drawn: Stroke | null = null;
  // Sent, and not yet part of the pages.
  const sent: Stroke[] = [];

  const show = (): void => {
    app.live.stroke(shown(drawn === null ? sent : [...sent, drawn]));
  };
  const reach = (x: number, y: number): void => {
    const place = app.live.pick(x, y);
    if (drawn === null || place?.layer !== drawn.layer) return;
    const end = pointOf(place);
    const points = withPoint(drawn.points, end, drawn.brush.radius_px);
    const hasGrown = points !== drawn.points;
    drawn = { ...drawn, points, end };
    if (hasGrown) show();
  };

  return {
    down(x, y) {
      const { tool, brush } = app.store.get();
      if (tool === "focus") return;
      const refusal = whyReadOnly(app);
      if (refusal !== null) {
        app.say(refusal, "wrong");
        return;
      }
      const place = app.live.pick(x, y);
      if (place === null) {
        app.say("There is nothing to paint on here.");
        return;
      }
      const start = pointOf(place);
      drawn = { tool, brush, layer: place.layer, points: [start], end: start };
      show();
    },
    move: reach,
    up() {
      if (drawn === null) return;
      const stroke = { ...drawn, points: endingAt(drawn.points, drawn.end) };
      drawn = null;
      sent.push(stroke);
      show();
      const edit = editOf(stroke);
      void queue.add({
        what: NAMES[stroke.tool], run: (server, revision, level) => server.edit(edit, revision, level),
      }).then(() => {
        sent.splice(sent.indexOf(stroke), 1);
        show();
      });
    },
    cancel() {
      if (drawn === null) return;
      drawn = null;
      show();
    },
  };
}

/** To a hundredth of a pixel, which no brush shows. */
function pointOf({ pixel: [column, row] }: Place): PagePoint {
  return [Math.round(100 * column) / 100, Math.round(100 * row) / 100];
}

/** What shows of strokes that are no part of the pages yet: the oldest and all that look like it; others when it is done. */
function shown(strokes: readonly Stroke[]): LiveStroke | null {
  if (strokes.length === 0) return null;
  const [first, ...others] = strokes.map(liveStroke);
  const alike = others.filter((other) => look(other) === look(first));
  return { ...first, points: [first.points, ...alike.map(({ points }) => [LIFTED, ...points])].flat() };
}

function liveStroke({ tool, brush, layer, points }: Stroke): LiveStroke {
  const colour = tool === "brush" ? brush.colour : null;
  return { layer, points, radius_px: brush.radius_px, colour, opacity: tool === "heal" ? 1 : brush.opacity };
}

function look({ layer, radius_px, colour, opacity }: LiveStroke): string {
  return JSON.stringify([layer, radius_px, colour, opacity]);
}

/** A stroke as an edit by the names of `relens.edit`, in pixels of the photo. */
function editOf({ tool, brush, layer, points }: Stroke): Edit {
  const where = {
    layer, brush_px: points, radius_px: brush.radius_px, feather_px: Math.max(LEAST_FEATHER_PX, FEATHER * brush.radius_px),
  };
  switch (tool) {
    case "brush": return { name: "paint", values: { to: brush.colour, opacity: brush.opacity, where } };
    case "recolour": return { name: "recolour", values: { to: brush.colour, strength: brush.opacity, where } };
    case "heal": return { name: "heal", values: { where } };
  }
}
