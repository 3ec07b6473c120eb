import { describe, expect, it } from "vitest";

import { bytesOfBase64 } from "../../src/server/base64";
import { exportedPage } from "../../src/server/exported_page";

function embedding(parts: Record<string, string>) {
  return { getElementById: (id: string) => (id in parts ? { textContent: parts[id] } : null) };
}

const INFO = JSON.stringify({ name: "anna", exported: { level: 1, safe: { left_m: 0.01 }, moves: [{ name: "orbit", path: { keyframes: [{}] } }] } });

describe("bytesOfBase64", () => {
  it("gives every byte back, with any padding and line breaks", () => {
    const bytes = Uint8Array.from({ length: 1021 }, (_, at) => (at * 7) % 256);
    for (const length of [0, 1, 2, 3, 1021]) {
      const text = btoa(String.fromCharCode(...bytes.slice(0, length))).replace(/(.{76})/g, "$1\n");
      expect(bytesOfBase64(` ${text}\n`)).toEqual(bytes.slice(0, length));
    }
  });

  it("refuses what is damaged", () => {
    expect(() => bytesOfBase64("ab*d")).toThrow("export it again");
  });
});

describe("exportedPage", () => {
  it("is null on a page from a server", () => {
    expect(exportedPage(embedding({}))).toBeNull();
  });

  it("reads what the file carries", async () => {
    const page = exportedPage(embedding({ "relens-info": INFO, "relens-pack": "UkxQSw==", "relens-source": "AAE=" }))!;
    expect([page.info.name, page.level, page.safe.left_m, page.moves[0].name]).toEqual(["anna", 1, 0.01, "orbit"]);
    expect(new TextDecoder().decode(page.pack())).toBe("RLPK");
    expect(new Uint8Array(await page.source()!.arrayBuffer())).toEqual(Uint8Array.of(0, 1));
  });

  it("has no source where there is none, and says that a scene is missing", () => {
    expect(exportedPage(embedding({ "relens-info": INFO, "relens-pack": "UkxQSw==" }))!.source()).toBeNull();
    expect(() => exportedPage(embedding({ "relens-info": INFO }))).toThrow("no scene inside");
  });
});
