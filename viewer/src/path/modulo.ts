/** What is left of a value after whole rounds, 0 to under `round`, which is over 0 (numpy.mod). */
export function modulo(value: number, round: number): number {
  const rest = value % round;
  return rest < 0 ? rest + round : rest;
}
