import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import robots from "../../../src/app/robots";
import { nowhere, pages, pathOf } from "./pages";

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
