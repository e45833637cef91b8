import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, it } from "vitest";

const tree = ["docs", "src", "infra", "e2e", "prisma"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => !file.includes("node_modules"))
    .map((file) => join(folder, file)),
);
const fileNames = new Set(tree.map((file) => basename(file)));

/** READMEs beside the code, the guides, and what a newcomer reads first. Decisions are history and keep the names of their day. */
const documents = ["README.md", "CONTRIBUTING.md", ...tree.filter((file) => file.endsWith(".md"))].filter(
  (file) => !file.startsWith("docs/adr/"),
);

/** A path is named from the root, from a folder of a layer, or from where the document stands; a file also by its name alone. */
const roots = ["", "src", "src/core", "src/core/platform", "src/app", "src/server", "src/worker", "infra"];
const endings = ["", ".ts", ".tsx"];

function exists(path: string, document: string): boolean {
  if (!path.includes("/")) return fileNames.has(path);
  return [...roots, dirname(document)].some((root) =>
    endings.some((ending) => existsSync(join(root, path + ending))),
  );
}

/** `core/keys/verify`, `infra/local`, `create-key.ts`: code in backquotes that can only be a file or a folder of ours. */
function pathsIn(text: string): string[] {
  const prose = text.replaceAll(/```.*?```/gs, "");
  return [...prose.matchAll(/`([\w(.@-][\w()[\]./@-]*)`/g)]
    .map(([, code = ""]) => code.replace(/[/.,]+$/, ""))
    .filter((code) => (code.includes("/") ? layers.test(code) : /\.(tsx?|mjs|sql)$/.test(code)));
}

const layers =
  /^(\.\.?|docs|e2e|infra|prisma|public|src|app|components|server|worker|core|platform|shared)\//;

/** Links to files: `[ADR 2](adr/0002-….md)`. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:|^\//.test(target));
}

it.each(documents)("%s names files that are there", (document) => {
  const text = readFileSync(document, "utf8");
  expect(pathsIn(text).filter((path) => !exists(path, document))).toEqual([]);
  expect(linksIn(text).filter((path) => !existsSync(join(dirname(document), path)))).toEqual([]);
});

/** As GitHub names headings; a second one of the same text has a number. */
function anchorsOf(document: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  const text = readFileSync(document, "utf8").replaceAll(/^```.*?^```/gms, "");
  for (const [, heading = ""] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\- _]/gu, "").replaceAll(" ", "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

/** `[levels](INCIDENT_RESPONSE.md#levels)`, `[above](#levels)`. */
function deadAnchorsIn(document: string): string[] {
  const text = readFileSync(document, "utf8");
  return [...text.matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)].flatMap(([, file = "", anchor = ""]) => {
    const target = file === "" ? document : join(dirname(document), file);
    if (!target.endsWith(".md") || !existsSync(target)) return [];
    return anchorsOf(target).has(decodeURIComponent(anchor)) ? [] : [`${file}#${anchor}`];
  });
}

it.each([...documents, ...readdirSync("docs/adr").map((file) => join("docs/adr", file))])(
  "links of %s lead to headings that are there",
  (document) => {
    expect(deadAnchorsIn(document)).toEqual([]);
  },
);

it("every guide is reached from the README or another guide", () => {
  const linked = new Set(
    documents.flatMap((document) =>
      linksIn(readFileSync(document, "utf8")).map((path) => join(dirname(document), path)),
    ),
  );
  const guides = readdirSync("docs").filter((file) => file.endsWith(".md"));
  expect(guides.filter((guide) => !linked.has(join("docs", guide)))).toEqual([]);
});

it("a decision's links lead somewhere", () => {
  const dead = readdirSync("docs/adr").flatMap((file) =>
    linksIn(readFileSync(join("docs/adr", file), "utf8"))
      .filter((path) => !existsSync(join("docs/adr", path)))
      .map((path) => `${file}: ${path}`),
  );
  expect(dead).toEqual([]);
});
