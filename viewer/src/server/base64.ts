/** base64: text as the bytes it stands for, quickly enough for a whole scene. */

/** The bytes of a base64 text; white space is passed over. Throws Error where it is no base64. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  let letters: string;
  try {
    // As fast as a loop over a table, some 40 ms for 10 MB, and it checks.
    letters = atob(text);
  } catch {
    throw new Error(`${text.length} letters are no base64; the file is damaged, export it again`);
  }
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
