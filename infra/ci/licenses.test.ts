import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../commands/build";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      license: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      /** Part of another package, and of its hash. */
      inBundle: z.boolean().optional(),
      resolved: z.string().optional(),
    }),
  ),
});

/** Licenses that ask for no more than to be named and, for some, that changes to the package itself are published. */
const allowed: ReadonlySet<string> = new Set([
  ...["MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"],
  ...["Unlicense", "CC0-1.0", "CC-BY-4.0", "Python-2.0", "SIL OPEN FONT LICENSE"],
  // Weak copyleft: of these we use the packages as they are, and link the libraries dynamically.
  ...["MPL-2.0", "EPL-2.0", "LGPL-3.0-or-later"],
]);
/** Read by a person: the package's own file says MIT, its manifest nothing. */
const readByHand: ReadonlySet<string> = new Set(["seq-queue"]);

/** Of the product, and of the stacks that deploy it (ADR 84). */
const lockfiles = execFileSync("git", ["ls-files", "package-lock.json", "*/package-lock.json"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .trim()
  .split("\n");

function packagesOf(file: string) {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, file), "utf8")));
  return Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && !link)
    .map(([path, entry]) => ({ ...entry, name: path.slice(path.lastIndexOf("node_modules/") + 13) }));
}

/** `MIT AND ISC` needs both, `MIT OR GPL-3.0` one. */
function isAllowed(expression: string): boolean {
  return expression
    .replace(/[()]/g, "")
    .split(/\s+AND\s+/i)
    .every((part) => part.split(/\s+OR\s+/i).some((license) => allowed.has(license.trim())));
}

it("the lock files are those that are known here", () => {
  expect(lockfiles).toEqual(["infra/aws/package-lock.json", "package-lock.json"]);
  expect(packagesOf("package-lock.json").length).toBeGreaterThan(500);
  expect(packagesOf("infra/aws/package-lock.json").length).toBeGreaterThan(200);
});

describe.each(lockfiles)("%s", (file) => {
  const packages = packagesOf(file);

  it("every installed package has a license that we may ship under", () => {
    const refused = packages.filter(
      ({ name, license }) => !(license === undefined ? readByHand.has(name) : isAllowed(license)),
    );
    expect(refused.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  it("every installed package comes from a registry, with the hash of what was reviewed", () => {
    const unpinned = packages.filter(
      ({ integrity, resolved, inBundle }) =>
        !inBundle && (integrity === undefined || !/^https:\/\//.test(resolved ?? "https://")),
    );
    expect(unpinned.map(({ name }) => name)).toEqual([]);
  });

  it.each(["ci.yml", "deploy.yml"])(
    "has its bill of materials in %s, and a deployment looks for known holes in it",
    (workflow) => {
      const text = readFileSync(join(ROOT, ".github/workflows", workflow), "utf8");
      const steps = text.split(/^ {6}- /m).filter((step) => step.includes("run:"));
      const folder = dirname(file);
      const inFolder = steps.filter((step) => (/working-directory: (\S+)/.exec(step)?.[1] ?? ".") === folder);
      const bill = inFolder.filter((step) =>
        /cyclonedx-npm@[\d.]+ --package-lock-only --omit dev/.test(step),
      );
      expect(bill).toHaveLength(1);
      const [, written = ""] = /--output-file (\S+)/.exec(bill[0] ?? "") ?? [];
      const uploads = text.slice(text.indexOf(bill[0] ?? "")).split("upload-artifact@")[1] ?? "";
      expect(uploads).toContain(join(folder, written));
      expect(inFolder.some((step) => step.includes("npm audit --omit=dev --audit-level=high"))).toBe(
        workflow === "deploy.yml",
      );
    },
  );
});

it("a license that binds what we write is not allowed, alone or together with another", () => {
  for (const license of ["GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0", "SSPL-1.0", "UNLICENSED", ""])
    expect(isAllowed(license), license).toBe(false);
  expect(isAllowed("(MIT OR GPL-3.0-only)")).toBe(true);
});
