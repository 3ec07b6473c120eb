import { defineConfig } from "vitest/config";
import { licences } from "./licences";

export default defineConfig({
  // Relative, so that the page works under any address and from a file.
  base: "./",
  plugins: [licences()],
  build: {
    target: "es2022",
    // One script and one style sheet: an exported page carries them inside.
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  test: { include: ["tests/**/*.test.ts"] },
});
