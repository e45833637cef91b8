import { randomUUID } from "node:crypto";
import { fromPublicId } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { type Company, employ, filter, newAddress, oktaUser, openCompany, patch } from "./open-directory";

const stack = await useTestStack();
let api: Api;
let company: Company;
let other: Company;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  [company, other] = [await openCompany(api, stack), await openCompany(api, stack)];
}, 120_000);
afterAll(closeDb);

describe("a directory", () => {
  it("is refused while its organization is suspended, changes nothing, and goes on afterwards", async () => {
    const held = await openCompany(api, stack);
    const { id } = await employ(held);
    const suspend = (suspendedAt: Date | null) =>
      db().organization.update({
        where: { id: held.orgId },
        data: { suspendedAt, suspensionReason: suspendedAt && "Unpaid" },
      });
    await suspend(new Date());
    for (const [method, path, body] of [
      ["GET", `/Users/${id}`, undefined],
      ["POST", "/Users", oktaUser(`ada@${held.domain}`)],
      ["PATCH", `/Users/${id}`, patch({ op: "replace", path: "displayName", value: "Changed" })],
      ["DELETE", `/Users/${id}`, undefined],
    ] as const) {
      const reply = await held.scim(method, path, body);
      expect([reply.status, reply.json.detail], method).toEqual([403, "This organization is suspended."]);
    }
    await suspend(null);
    expect((await held.scim("GET", "/Users")).json).toMatchObject({
      totalResults: 1,
      Resources: [{ id, displayName: "Grace Hopper" }],
    });
  });

  it("cannot change what is ours to say of a person: ID, groups, dates and version", async () => {
    const { id, meta } = await employ(company);
    const victim = await employ(company);
    const group = await company.scim("POST", "/Groups", { displayName: `Team ${randomUUID()}` });
    const mine = { id: victim.id, meta: { created: "2001-01-01T00:00:00Z", location: "https://evil.test" } };
    const groups = [{ value: group.json.id }];
    const user = oktaUser(newAddress(company.domain), { ...mine, groups });
    const changes: [string, unknown][] = [
      ["PUT", user],
      ["PATCH", patch({ op: "replace", value: { ...mine, groups } })],
      ["PATCH", patch({ op: "replace", path: "id", value: victim.id })],
      ["PATCH", patch({ op: "replace", path: "meta", value: mine.meta })],
      ["PATCH", patch({ op: "replace", path: "meta.created", value: mine.meta.created })],
      ["PATCH", patch({ op: "add", path: "groups", value: groups })],
    ];
    for (const [method, body] of changes) {
      const what = JSON.stringify(body);
      expect((await company.scim(method, `/Users/${id}`, body)).status, what).toBeLessThan(500);
      const now = (await company.scim("GET", `/Users/${id}`)).json;
      expect(now, what).toMatchObject({ id, meta: { created: meta.created, location: meta.location } });
      expect(now, what).not.toHaveProperty("groups");
      expect((await company.scim("GET", `/Users/${victim.id}`)).json, what).toEqual(victim);
    }
    const rows = await db().directoryGroupMember.count({
      where: { groupId: fromPublicId("dgr", group.json.id) },
    });
    expect(rows).toBe(0);
  });

  it("cannot change what is ours to say of a group", async () => {
    const { json: before } = await company.scim("POST", "/Groups", { displayName: `Team ${randomUUID()}` });
    const { id, displayName, meta } = before;
    for (const body of [
      patch({
        op: "replace",
        value: { id: "dgr_x", meta: { created: "2001-01-01T00:00:00Z" }, displayName },
      }),
      patch({ op: "replace", path: "id", value: "dgr_x" }),
      patch({ op: "replace", path: "meta.created", value: "2001-01-01T00:00:00Z" }),
      patch({ op: "replace", path: "role", value: "admin" }),
    ]) {
      expect((await company.scim("PATCH", `/Groups/${id}`, body)).status).toBeLessThan(500);
      expect((await company.scim("GET", `/Groups/${id}`)).json).toMatchObject({
        id,
        displayName,
        meta: { created: meta.created },
      });
    }
  });

  it("finds by a filter that is made to break out of its text no more than by any other", async () => {
    const person = await employ(company);
    const foreign = await employ(other);
    const none = [
      `userName eq "' OR 1=1 --"`,
      `userName eq "x\\" or userName pr or userName eq \\"x"`,
      `userName eq "%"`,
      `userName eq "*"`,
      `externalId eq "${foreign.externalId}"`,
      `userName eq "${foreign.userName}"`,
      `id eq "${foreign.id}"`,
      `id eq "${fromPublicId("dus", person.id)}"`,
      `id eq "' OR '1'='1"`,
    ];
    for (const text of none) {
      const { status, json } = await company.scim("GET", `/Users${filter(text)}`);
      expect([status, json.totalResults], text).toEqual([200, 0]);
    }
    for (const text of [
      `userName eq "x" or id pr`,
      `orgId eq "${other.orgId}"`,
      `userName eq "${person.userName}" and orgId eq "${other.orgId}"`,
      `userId pr`,
      `__proto__ eq "x"`,
      `__proto__.polluted eq "x"`,
      `constructor.name eq "x"`,
      `toString.call eq "x"`,
    ]) {
      const { status, json } = await company.scim("GET", `/Users${filter(text)}`);
      expect([status, json.scimType], text).toEqual([400, "invalidFilter"]);
    }
    const { json } = await company.scim("GET", `/Users${filter(`userName eq "${person.userName}"`)}`);
    expect(json).toMatchObject({ totalResults: 1, Resources: [{ id: person.id }] });
  });
});
