import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { orgRoles, permissions, scopes } from "../../shared/permissions";

const doc = new URL("../../../docs/keys-and-roles.md", import.meta.url);
const begin = "<!-- permissions:begin -->";
const end = "<!-- permissions:end -->";

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

function render(): string {
  const head = ["permission", "lets them", ...orgRoles, "keys and apps"];
  const rules = scopes.flatMap((scope) => {
    const { rule } = permissions[scope];
    return rule === undefined ? [] : [`- \`${scope}\`: ${rule}`];
  });
  return [
    row(head),
    row(head.map(() => "---")),
    ...scopes.map((scope) => {
      const { can, roles, programs } = permissions[scope];
      const yes = (has: boolean) => (has ? "yes" : "");
      return row([
        `\`${scope}\``,
        upper(can),
        ...orgRoles.map((role) => yes(roles.includes(role))),
        yes(programs),
      ]);
    }),
    "",
    "Where a rule narrows one:",
    "",
    ...rules,
  ].join("\n");
}

test("the table in docs/keys-and-roles.md is the one that the checks use", async () => {
  const text = await readFile(doc, "utf8");
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  const after = text.slice(text.indexOf(end));
  await expect(`${before}\n${render()}\n${after}`).toMatchFileSnapshot(doc.pathname);
});

test("nobody but an owner or admin has every permission, and each permission is somebody's", () => {
  for (const role of orgRoles) {
    const all = scopes.every((scope) => permissions[scope].roles.includes(role));
    expect(all, role).toBe(role === "owner" || role === "admin");
  }
  expect(scopes.filter((scope) => permissions[scope].roles.length === 0)).toEqual([]);
});

test("managing keys, members and payment stays with people", () => {
  expect(scopes.filter((scope) => !permissions[scope].programs)).toEqual([
    "keys:write",
    "members:write",
    "billing:write",
  ]);
});
