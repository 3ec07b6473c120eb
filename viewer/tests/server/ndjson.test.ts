import { describe, expect, it } from "vitest";

import { readNdjson } from "../../src/server/ndjson";

function streamOf(pieces: readonly Uint8Array[], cancelled: () => void = () => undefined): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (next < pieces.length) controller.enqueue(pieces[next++]);
      else controller.close();
    },
    cancel: cancelled,
  });
}

async function all(stream: ReadableStream<Uint8Array>): Promise<unknown[]> {
  const values = [];
  for await (const value of readNdjson(stream)) values.push(value);
  return values;
}

describe("readNdjson", () => {
  it("reads the same values wherever the bytes are cut, a letter's halves included", async () => {
    const bytes = new TextEncoder().encode('{"stage":"Schärfe"}\r\n\n[1,2]\n"end"');
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(await all(streamOf([bytes.slice(0, cut), bytes.slice(cut)]))).toEqual([{ stage: "Schärfe" }, [1, 2], "end"]);
    }
  });

  it("gives a line before the next has come, and cancels the stream when left early", async () => {
    let cancelled = false;
    const lines = ['{"queued":1}\n', '{"stage":"a"}\n', '{"stage":"b"}\n'].map((line) => new TextEncoder().encode(line));
    for await (const value of readNdjson(streamOf(lines, () => (cancelled = true)))) {
      expect(value).toEqual({ queued: 1 });
      break;
    }
    expect(cancelled).toBe(true);
  });

  it("refuses what is no JSON, and a line without an end", async () => {
    await expect(all(streamOf([new TextEncoder().encode("<html>\n")]))).rejects.toThrow(SyntaxError);
    await expect(all(streamOf([new Uint8Array((1 << 20) + 1).fill(32)]))).rejects.toThrow(RangeError);
  });
});
