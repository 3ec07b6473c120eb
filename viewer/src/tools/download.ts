/** download: hands a file that the page made to the person. */

/** Long enough for any browser to have begun. */
const KEPT_MS = 60_000;

/** Save bytes under a name, as a click on a download link does. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, KEPT_MS);
}

/** A scene's name as a file's: without an ending, and without what file systems do not take. */
export function fileStem(name: string): string {
  const stem = name.replace(/\.[A-Za-z0-9]{1,5}$/, "").replace(/[^\p{L}\p{N}._ -]+/gu, "-").replace(/^[-. ]+|[-. ]+$/g, "");
  return stem === "" ? "relens" : stem;
}
