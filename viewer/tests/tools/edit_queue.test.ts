import { describe, expect, it } from "vitest";

import { Conflict, ServerError } from "../../src/server/server";
import { editQueue, type Task } from "../../src/tools/edit_queue";
import { fakeApp, settled } from "./fake_app";

function task(name: string): Task {
  return { what: name, run: (server, revision, level) => server.edit({ name, values: {} }, revision, level) };
}

describe("editQueue", () => {
  it("sends one edit at a time, in order, each on the revision that the one before made", async () => {
    const { app, server, store } = fakeApp();
    server.held = true;
    const outcomes = ["a", "b", "c"].map((name) => editQueue(app).add(task(name)));
    await settled();
    expect(server.gates).toHaveLength(1);
    server.held = false;
    server.gates.shift()!();
    expect(await Promise.all(outcomes)).toEqual(["done", "done", "done"]);
    expect(server.edits.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(store.get().history.revision).toBe(3);
  });

  it("keeps an edit that another tab came before, takes over what that did, and does it again on request", async () => {
    const { app, server, store } = fakeApp();
    const queue = editQueue(app);
    server.revision = 5;
    const first = queue.add(task("a"));
    const second = queue.add(task("b"));
    await settled();
    expect(queue.state()).toMatchObject({ waiting: 2, conflict: { what: "a" } });
    expect(store.get().history.revision).toBe(5);
    expect(server.edits).toEqual([]);
    queue.decide(true);
    expect([await first, await second]).toEqual(["done", "done"]);
    expect(server.edits.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(queue.state()).toEqual({ waiting: 0, conflict: null });
  });

  it("lets it go on request, and goes on with the next", async () => {
    const { app, server } = fakeApp();
    const queue = editQueue(app);
    server.revision = 5;
    const first = queue.add(task("a"));
    const second = queue.add(task("b"));
    await settled();
    queue.decide(false);
    expect([await first, await second]).toEqual(["left", "done"]);
    expect(server.edits.map(({ name }) => name)).toEqual(["b"]);
  });

  it("says why an edit failed, and goes on", async () => {
    const { app, server, said } = fakeApp();
    server.broken = new ServerError("selection=empty: expected something", 400);
    const outcomes = [editQueue(app).add(task("a")), editQueue(app).add(task("b"))];
    expect(await Promise.all(outcomes)).toEqual(["failed", "done"]);
    expect(said).toEqual(["selection=empty: expected something"]);
  });

  it("does not offer to do again what another program is in the way of", async () => {
    const { app, server, said } = fakeApp();
    const queue = editQueue(app);
    server.broken = new Conflict("another program changed me.relens; start relens view again", app.store.get().history);
    expect(await queue.add(task("a"))).toBe("failed");
    expect(queue.state()).toEqual({ waiting: 0, conflict: null });
    expect(said).toEqual(["another program changed me.relens; start relens view again"]);
  });

  it("is one for a page, and tells of every change", async () => {
    const { app } = fakeApp();
    expect(editQueue(app)).toBe(editQueue(app));
    const waiting: number[] = [];
    const stop = editQueue(app).on((state) => waiting.push(state.waiting));
    await editQueue(app).add(task("a"));
    await settled();
    stop();
    await editQueue(app).add(task("b"));
    expect(waiting).toEqual([1, 0]);
  });
});
