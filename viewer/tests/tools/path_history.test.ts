import { describe, expect, it } from "vitest";

import type { PathRecord } from "../../src/path/path_record";
import { Store } from "../../src/state/store";
import { PathHistory } from "../../src/tools/path_history";
import { STATE } from "./fake_app";

function path(f_number: number): PathRecord {
  return { keyframes: [{ at_s: 0, f_number, hold_s: 1 }] };
}

describe("PathHistory", () => {
  it("takes changes back and makes them again, with the keyframe that was chosen", () => {
    const store = new Store(STATE);
    const history = new PathHistory(store);
    history.change(path(1.4), 0);
    history.change(path(2), null);
    expect(history.undo()).toBe(true);
    expect(store.get()).toMatchObject({ path: path(1.4), keyframe: 0 });
    expect([history.undo(), history.undo()]).toEqual([true, false]);
    expect(store.get()).toMatchObject({ path: null, keyframe: null });
    expect([history.redo(), history.redo(), history.redo()]).toEqual([true, true, false]);
    expect(store.get()).toMatchObject({ path: path(2), keyframe: null });
  });

  it("takes a gesture back as one, and another of the same name for itself once it was over", () => {
    const store = new Store({ ...STATE, path: path(1) });
    const history = new PathHistory(store);
    for (const f_number of [2, 3, 4]) history.change(path(f_number), 0, "drag");
    history.rest();
    for (const f_number of [5, 6]) history.change(path(f_number), 0, "drag");
    history.undo();
    expect(store.get().path).toEqual(path(4));
    history.undo();
    expect(store.get().path).toEqual(path(1));
  });

  it("forgets what was undone when something else is changed", () => {
    const store = new Store(STATE);
    const history = new PathHistory(store);
    history.change(path(1), 0);
    history.undo();
    history.change(path(2), 0);
    expect([history.canUndo, history.canRedo, history.redo()]).toEqual([true, false, false]);
  });
});
