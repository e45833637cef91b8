import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** kB (1,000 bytes) of script, gzip, that a page may load before it works. */
const LIMITS = { first: 194, portal: 236, public: 186 } as const;
const FIRST_PORTAL_PAGE = "/overview";
const MANIFEST = "page_client-reference-manifest.js";

const buildManifest = z.object({ rootMainFiles: z.array(z.string()) });
const pageManifests = z.record(
  z.string(),
  z.object({ entryJSFiles: z.record(z.string(), z.array(z.string())) }),
);

export interface PageSize {
  path: string;
  kilobytes: number;
  limit: number;
}

function limitOf(entry: string, path: string): number {
  if (path === FIRST_PORTAL_PAGE) return LIMITS.first;
  return entry.startsWith("/(public)/") ? LIMITS.public : LIMITS.portal;
}

/** "/(portal)/requests/[id]/page" → "/requests/[id]". */
const pathOf = (entry: string) => entry.replace(/\/\([^)]+\)/g, "").replace(/\/page$/, "") || "/";

/**
 * The script of every page of a production build: the framework's, and that of the page with its layouts and error
 * pages. Left out are chunks loaded later (a chart, a menu that opens) and the polyfills, which only browsers without
 * modules load.
 */
export function measurePages(build = join(ROOT, ".next")): PageSize[] {
  const { rootMainFiles } = buildManifest.parse(
    JSON.parse(readFileSync(join(build, "build-manifest.json"), "utf8")),
  );
  const sizes = new Map<string, number>();
  const sizeOf = (file: string) => {
    const size = sizes.get(file) ?? gzipSync(readFileSync(join(build, file))).length;
    sizes.set(file, size);
    return size;
  };
  const pages = join(build, "server/app");
  return (
    readdirSync(pages, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(MANIFEST))
      .flatMap((file) => {
        const scope: { __RSC_MANIFEST?: unknown } = {};
        runInNewContext(readFileSync(join(pages, file), "utf8"), Object.assign(scope, { globalThis: scope }));
        return Object.entries(pageManifests.parse(scope.__RSC_MANIFEST));
      })
      .map(([entry, { entryJSFiles }]) => {
        const files = new Set([...rootMainFiles, ...Object.values(entryJSFiles).flat()]);
        const bytes = [...files].reduce((sum, file) => sum + sizeOf(file), 0);
        const path = pathOf(entry);
        return { path, kilobytes: bytes / 1_000, limit: limitOf(entry, path) };
      })
      // Leaves out Next's own pages, and those that exist only in development.
      .filter(({ path }) => !/^\/(_|dev\/)/.test(path))
      .sort((a, b) => b.kilobytes - a.kilobytes)
  );
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const pages = measurePages();
  const width = Math.max(...pages.map(({ path }) => path.length));
  console.log(`${"page".padEnd(width)}  script, gzip    limit`);
  for (const { path, kilobytes, limit } of pages) {
    const verdict = kilobytes > limit ? "  too large" : "";
    console.log(`${path.padEnd(width)}  ${kilobytes.toFixed(1).padStart(9)} kB  ${limit} kB${verdict}`);
  }
  if (pages.length === 0 || pages.some(({ kilobytes, limit }) => kilobytes > limit)) process.exitCode = 1;
}
