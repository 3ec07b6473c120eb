/** The token that the page was opened with: taken out of the address, so that a shared address does not give it away. */

const KEY = "relens-token";

/** What of a window is used. */
export interface TokenPlaces {
  readonly location: { readonly pathname: string; readonly search: string; readonly hash: string };
  readonly history: { readonly state: unknown; replaceState(state: unknown, unused: string, url: string): void };
  /** Throws where the browser keeps nothing. */
  readonly sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
}

/**
 * The token of the address's fragment, `#token=...` among parts with `&` between them; else the one that this tab kept
 * from before it was loaded again; else null. The other parts of the fragment stay as they are.
 */
export function tokenFromAddress(places: TokenPlaces = window): string | null {
  const { location, history } = places;
  const parts = location.hash.replace(/^#/, "").split("&");
  const found = parts.find((part) => part.startsWith("token="));
  if (found === undefined) return kept(places);
  const others = parts.filter((part) => !part.startsWith("token=") && part !== "");
  const fragment = others.length === 0 ? "" : `#${others.join("&")}`;
  history.replaceState(history.state, "", location.pathname + location.search + fragment);
  const token = decoded(found.slice("token=".length));
  if (token === "") return kept(places);
  keep(places, token);
  return token;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function kept(places: TokenPlaces): string | null {
  try {
    return places.sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(places: TokenPlaces, token: string): void {
  try {
    places.sessionStorage.setItem(KEY, token);
  } catch {
    // Then it lasts until the page is loaded again.
  }
}
