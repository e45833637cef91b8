import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it, vi } from "vitest";
import { nowhere, pages, pathOf } from "../../../e2e/portal/support/pages";
import robots from "../../../src/app/robots";

// The address of the site comes from the environment; these tests ask for paths alone.
vi.mock("../../../src/app/_lib/public-url", () => ({ publicUrl: () => "https://example.com" }));

/** Every `page.tsx` under `src/app` as its path, without groups: `/requests/none` for `(portal)/requests/[id]`. */
function routes(): { path: string; group: string }[] {
  return readdirSync("src/app", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("page.tsx"))
    .map((file) => {
      const parts = dirname(file).split("/");
      const shown = parts.filter((part) => part !== "." && !part.startsWith("("));
      return {
        group: parts[0] ?? "",
        path: join("/", ...shown.map((part) => (part.startsWith("[") ? "none" : part))),
      };
    })
    .filter(({ group }) => group !== "dev");
}

it("every page of the site is checked for accessibility and layout", () => {
  const listed = Object.values(pages).flatMap((list) =>
    list.map((page) => pathOf(page, nowhere).replace(/\?.*/, "")),
  );
  expect(
    routes()
      .map(({ path }) => path)
      .filter((path) => !listed.includes(path)),
  ).toEqual([]);
});

it("no page that only a signed-in reader sees is offered to search engines", () => {
  const { rules } = robots();
  const closed = [rules].flat().flatMap(({ disallow = [] }) => disallow);
  const open = routes()
    .filter(({ group }) => group === "(portal)")
    .filter(({ path }) => !closed.some((start) => path.startsWith(start)));
  expect(open).toEqual([]);
});
