import { describe, expect, it } from "vitest";

import { played, startTime } from "../../src/tools/player";

describe("played", () => {
  it("goes on by the clock, and stops exactly at the end", () => {
    expect(played(1, 0.5, 0, 4, false)).toEqual({ time_s: 1.5, isOver: false });
    expect(played(3.9, 0.5, 0, 4, false)).toEqual({ time_s: 4, isOver: true });
  });

  it("goes round a loop of a path that begins late, however many rounds have passed", () => {
    expect(played(5.5, 1, 2, 6, true)).toEqual({ time_s: 2.5, isOver: false });
    expect(played(5.5, 9, 2, 6, true)).toEqual({ time_s: 2.5, isOver: false });
  });

  it("is over at once where there is nothing to go round", () => {
    expect(played(2, 0.1, 2, 2, true)).toEqual({ time_s: 2, isOver: true });
  });
});

describe("startTime", () => {
  it("is where the playhead stands, or the beginning from the end and from outside", () => {
    expect([3, 6, 9, 1].map((time_s) => startTime(time_s, 2, 6))).toEqual([3, 2, 2, 2]);
  });
});
