import { randomUUID } from "node:crypto";
import { closeDb } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { openApi } from "../../support/client";
import { type Company, employ, openCompany, patch, scimError } from "./open-directory";

const stack = await useTestStack();
let company: Company;
beforeAll(async () => {
  company = await openCompany(await openApi(await startTestProcesses({ server: true })), stack);
}, 120_000);
afterAll(closeDb);

const form = async (members: string[] = []) =>
  (
    await company.scim("POST", "/Groups", {
      displayName: `Team ${randomUUID()}`,
      members: members.map((value) => ({ value })),
    })
  ).json;
const versionOf = async (path: string): Promise<string> =>
  (await company.scim("GET", path)).json.meta.version;
const rename = (name: string) => patch({ op: "replace", path: "displayName", value: name });

describe("the version of a resource", () => {
  it("is in its meta and its ETag, of every way to read it, and another one after each change", async () => {
    const { scim } = company;
    const user = await employ(company);
    const group = await form();
    for (const path of [`/Users/${user.id}`, `/Groups/${group.id}`]) {
      const seen = new Set<string>();
      for (let n = 0; n < 3; n += 1) {
        const changed = await scim("PATCH", path, rename(`Name ${n}`));
        const read = await scim("GET", path);
        expect(read.headers.get("etag")).toBe(read.json.meta.version);
        expect(changed.headers.get("etag")).toBe(read.json.meta.version);
        expect((await scim("GET", path)).json.meta.version).toBe(read.json.meta.version);
        seen.add(read.json.meta.version);
      }
      expect([...seen]).toEqual(Array(3).fill(expect.stringMatching(/^W\/"[\w-]{22}"$/)));
      expect(seen.size).toBe(3);
      const list = (await scim("GET", `${path.slice(0, path.lastIndexOf("/"))}?count=200`)).json;
      const listed = list.Resources.find(({ id }) => path.endsWith(id));
      expect([...seen]).toContain(listed?.meta.version);
    }
  });

  it("of a group changes with who is in it, and of a person with the groups they are in", async () => {
    const { scim } = company;
    const [a, b] = [await employ(company), await employ(company)];
    const { id } = await form([a.id]);
    const versions = [await versionOf(`/Groups/${id}`)];
    for (const operation of [
      { op: "add", path: "members", value: [{ value: b.id }] },
      { op: "remove", path: `members[value eq "${b.id}"]` },
    ]) {
      await scim("PATCH", `/Groups/${id}`, patch(operation));
      versions.push(await versionOf(`/Groups/${id}?excludedAttributes=members`));
    }
    await scim("DELETE", `/Users/${a.id}`);
    versions.push(await versionOf(`/Groups/${id}`));
    expect(new Set(versions).size).toBe(4);
    const before = await versionOf(`/Users/${b.id}`);
    await scim("PUT", `/Groups/${id}`, { displayName: `Team ${randomUUID()}`, members: [{ value: b.id }] });
    expect(await versionOf(`/Users/${b.id}`)).not.toBe(before);
  });

  it("of another time refuses a change with 412, and nothing is changed; its own, or *, lets it through", async () => {
    const { scim } = company;
    for (const path of [`/Users/${(await employ(company)).id}`, `/Groups/${(await form()).id}`]) {
      const old = await versionOf(path);
      await scim("PATCH", path, rename(`Meanwhile ${randomUUID()}`));
      const now = (await scim("GET", path)).json;
      const whole = { ...now, displayName: "Lost update" };
      for (const [method, body] of [
        ["PUT", whole],
        ["PATCH", rename("Lost update")],
        ["DELETE", undefined],
      ] as const) {
        const refused = await scim(method, path, body, { "if-match": old });
        expect(refused.status, `${method} ${path}`).toBe(412);
        expect(refused.json).toEqual(scimError(412, undefined, /If-Match/));
        expect((await scim("GET", path)).json).toEqual(now);
      }
      const { version } = now.meta;
      const several = `"something", ${version}`;
      expect((await scim("PATCH", path, rename(randomUUID()), { "if-match": several })).status).toBeLessThan(
        300,
      );
      expect(
        (await scim("PUT", path, { ...whole, displayName: randomUUID() }, { "if-match": "*" })).status,
      ).toBe(200);
      const last = await versionOf(path);
      expect((await scim("DELETE", path, undefined, { "if-match": last })).status).toBe(204);
    }
  });

  it("lets one of two changes through that both know the same version", async () => {
    const { scim } = company;
    for (const path of [`/Users/${(await employ(company)).id}`, `/Groups/${(await form()).id}`]) {
      const version = await versionOf(path);
      const both = await Promise.all(
        ["One", "Two"].map((name) =>
          scim("PATCH", path, rename(`${name} ${path}`.slice(0, 40)), { "if-match": version }),
        ),
      );
      const statuses = both.map(({ status }) => (status < 300 ? "changed" : status));
      expect(statuses.toSorted(), path).toEqual([412, "changed"]);
    }
  });

  it("that the caller has already is not sent again: 304", async () => {
    const { scim } = company;
    const { id, meta } = await employ(company);
    const known = await scim("GET", `/Users/${id}`, undefined, { "if-none-match": meta.version });
    expect([known.status, known.json, known.headers.get("etag")]).toEqual([304, undefined, meta.version]);
    const other = await scim("GET", `/Users/${id}`, undefined, { "if-none-match": 'W/"x"' });
    expect([other.status, other.json.id]).toEqual([200, id]);
  });
});

describe("the service's configuration", () => {
  it("says what there is and what there is not", async () => {
    const { scim } = company;
    const { json } = await scim("GET", "/ServiceProviderConfig");
    expect(json).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      filter: { supported: true },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: true },
    });
    expect((await scim("POST", "/Bulk", { Operations: [] })).status).toBe(404);
    expect(json.authenticationSchemes).toMatchObject([{ type: "oauthbearertoken" }]);
    for (let n = 0; n < 3; n += 1) await employ(company);
    expect(
      (await scim("GET", `/Users?count=${json.filter.maxResults + 1}`)).json.itemsPerPage,
    ).toBeLessThanOrEqual(json.filter.maxResults);
  });
});
