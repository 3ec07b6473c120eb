import { describe, expect, it } from "vitest";

import { brushStroke, type StrokeApp } from "../../src/tools/brush_stroke";
import { fakeApp, settled } from "./fake_app";

function draw(app: StrokeApp, points: readonly (readonly [number, number])[], stroke = brushStroke(app)): void {
  stroke.down(...points[0]);
  for (const point of points.slice(1)) stroke.move(...point);
  stroke.up();
}

describe("brushStroke", () => {
  it("paints the layer it began on, where that shows, in pixels of the photo", async () => {
    const { app, server } = fakeApp();
    draw(app, [[20, 50], [60, 50], [150, 50], [90, 50]]);
    await settled();
    expect(server.edits).toEqual([{ name: "paint", values: {
      to: "#336699", opacity: 0.5,
      where: { layer: "subject", brush_px: [[30, 60], [70, 60], [100, 60]], radius_px: 20, feather_px: 2.5 },
    } }]);
  });

  it("thins the points, and still ends where the brush did", async () => {
    const { app, server, strokes } = fakeApp();
    draw(app, [[20, 50], [21, 50], [22, 50], [30, 50], [31, 50]]);
    await settled();
    expect(server.edits[0].values["where"]).toMatchObject({ brush_px: [[30, 60], [40, 60], [41, 60]] });
    // One for each point that stays, and one for none.
    expect(strokes.map((stroke) => stroke?.points.length ?? 0)).toEqual([1, 2, 3, 0]);
  });

  it("heals and recolours with the values these edits have", async () => {
    const { app, server } = fakeApp({ tool: "heal" });
    const where = { layer: "room", brush_px: [[210, 15]], radius_px: 20, feather_px: 2.5 };
    draw(app, [[200, 5]]);
    app.store.set({ tool: "recolour" });
    draw(app, [[200, 5]]);
    await settled();
    expect(server.edits).toEqual([
      { name: "heal", values: { where } }, { name: "recolour", values: { to: "#336699", strength: 0.5, where } },
    ]);
  });

  it("shows at once, and goes when the page has taken it over", async () => {
    const { app, server, strokes } = fakeApp();
    server.held = true;
    draw(app, [[20, 50], [60, 50]]);
    await settled();
    expect(strokes.at(-1)).toEqual({ layer: "subject", points: [[30, 60], [70, 60]], radius_px: 20, colour: "#336699", opacity: 0.5 });
    server.gates.shift()!();
    await settled();
    expect(strokes.at(-1)).toBeNull();
  });

  it("keeps the stroke under the pointer when an earlier one is done", async () => {
    const { app, server, strokes } = fakeApp();
    server.held = true;
    const stroke = brushStroke(app);
    draw(app, [[20, 50]], stroke);
    stroke.down(40, 90);
    await settled();
    expect(strokes.at(-1)).toMatchObject({ points: [[30, 60], [NaN, NaN], [50, 100]] });
    server.gates.shift()!();
    await settled();
    expect(strokes.at(-1)).toMatchObject({ points: [[50, 100]] });
    stroke.cancel();
    expect(strokes.at(-1)).toBeNull();
    await settled();
    expect(server.edits).toHaveLength(1);
  });

  it("shows the oldest of strokes that look different until it is done, then the next", async () => {
    const { app, server, strokes } = fakeApp();
    server.held = true;
    const stroke = brushStroke(app);
    draw(app, [[20, 50]], stroke);
    draw(app, [[150, 50]], stroke);
    draw(app, [[60, 50]], stroke);
    await settled();
    expect(strokes.at(-1)).toMatchObject({ layer: "subject", points: [[30, 60], [NaN, NaN], [70, 60]] });
    server.gates.shift()!();
    await settled();
    expect(strokes.at(-1)).toMatchObject({ layer: "room", points: [[160, 60]] });
    server.gates.shift()!();
    await settled();
    expect(strokes.at(-1)).toMatchObject({ layer: "subject", points: [[70, 60]] });
  });

  it("does nothing with the focus tool, on nothing, or where nothing may be written", async () => {
    const { app, server, said } = fakeApp();
    draw(app, [[20, -5], [20, 50]]);
    draw({ ...app, server: null }, [[20, 50]]);
    app.store.set({ tool: "focus" });
    draw(app, [[20, 50]]);
    await settled();
    expect(server.edits).toEqual([]);
    expect(said).toHaveLength(2);
    expect(said[1]).toContain("relens view");
  });
});
