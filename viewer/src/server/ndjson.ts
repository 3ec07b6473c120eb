/** ndjson: a stream of bytes as the JSON values of its lines. */

/** More than any line that relens sends. */
const LONGEST_LINE = 1 << 20;

/**
 * The values of a newline-delimited JSON stream, each as soon as its line has come; empty lines are passed over.
 *
 * Leaving the loop early cancels the stream. Throws SyntaxError for a line that is no JSON, RangeError for one that does
 * not end.
 */
export async function* readNdjson(stream: ReadableStream<Uint8Array>): AsyncGenerator<unknown, void, void> {
  const reader = stream.getReader();
  // A letter may come in two halves.
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split("\n");
      rest = done ? "" : lines.pop()!;
      if (rest.length > LONGEST_LINE) throw new RangeError(`a line is longer than ${LONGEST_LINE} letters`);
      for (const line of lines) {
        if (line.trim() !== "") yield JSON.parse(line) as unknown;
      }
      if (done) return;
    }
  } finally {
    // Harmless at the end; before it, this tells the server that nobody listens.
    await reader.cancel().catch(() => undefined);
  }
}
