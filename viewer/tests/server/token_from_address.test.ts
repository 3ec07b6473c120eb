import { describe, expect, it } from "vitest";

import { tokenFromAddress } from "../../src/server/token_from_address";

function page(hash: string, kept: Record<string, string> = {}) {
  const addresses: string[] = [];
  return {
    addresses, kept,
    location: { pathname: "/", search: "?a=1", hash },
    history: { state: null, replaceState: (_state: unknown, _unused: string, url: string) => void addresses.push(url) },
    sessionStorage: {
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, value: string) => { kept[key] = value; },
    },
  };
}

describe("tokenFromAddress", () => {
  it("takes the token out of the address and leaves the other parts as they are", () => {
    const alone = page("#token=a%2Db");
    expect(tokenFromAddress(alone)).toBe("a-b");
    expect(alone.addresses).toEqual(["/?a=1"]);
    const among = page("#f=1.2%20&token=abc&v=token=1");
    expect(tokenFromAddress(among)).toBe("abc");
    expect(among.addresses).toEqual(["/?a=1#f=1.2%20&v=token=1"]);
  });

  it("remembers it for when the page is loaded again", () => {
    const first = page("#token=abc");
    tokenFromAddress(first);
    const again = page("#f=2", first.kept);
    expect(tokenFromAddress(again)).toBe("abc");
    expect(again.addresses).toEqual([]);
  });

  it("is null without one, and does with a browser that keeps nothing", () => {
    expect(tokenFromAddress(page(""))).toBeNull();
    const closed = () => { throw new DOMException("denied", "SecurityError"); };
    const shut = { ...page("#token=abc"), sessionStorage: { getItem: closed, setItem: closed } };
    expect(tokenFromAddress(shut)).toBe("abc");
    expect(tokenFromAddress({ ...shut, location: page("").location })).toBeNull();
  });
});
