/** The licences of what the built page holds: dist/licences.json, which `relens licenses` shows. */
import type { Plugin } from "vite";

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
}

const FOLDER = "node_modules/";

interface Described {
  homepage?: string;
  repository?: string | { url: string };
}

function link({ homepage, repository }: Described): string {
  return homepage ?? (typeof repository === "string" ? `https://github.com/${repository}` : (repository?.url ?? ""));
}

/** Writes the list beside the page: the packages of package-lock.json that are not for development only. */
export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    async generateBundle() {
      const read = async (file: string): Promise<unknown> =>
        JSON.parse(await this.fs.readFile(file, { encoding: "utf8" }));
      const { packages } = (await read("package-lock.json")) as { packages: Record<string, Locked> };
      const shipped = Object.entries(packages).filter(([folder, { dev }]) => folder.startsWith(FOLDER) && !dev);
      const rows = shipped.map(async ([folder, { version, license }]) => ({
        name: folder.slice(FOLDER.length),
        version: version ?? "",
        licence: license ?? "unknown",
        link: link((await read(`${folder}/package.json`)) as Described),
      }));
      const source = JSON.stringify(await Promise.all(rows), null, 2) + "\n";
      this.emitFile({ type: "asset", fileName: "licences.json", source });
    },
  };
}
