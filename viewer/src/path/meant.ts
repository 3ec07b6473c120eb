/** Meant: which known name a mistyped one stands for. */

/** The name that fewest letters tell from it, up to a third of its own; null where none is near. */
export function meant(typed: string, known: readonly string[]): string | null {
  if (typed.length > 40) return null;
  const steps = known.map((name) => editsBetween(typed.toLowerCase(), name));
  const fewest = Math.min(...steps);
  return fewest <= typed.length / 3 ? known[steps.indexOf(fewest)] : null;
}

/** How many letters to add, drop or change: Levenshtein, 1966. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (one[i] === other[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[other.length];
}
