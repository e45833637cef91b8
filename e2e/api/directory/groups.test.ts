import { randomUUID } from "node:crypto";
import { createDirectoryToken, setGroupRole } from "@agathaai/core/company-sign-in";
import { createCustomRole, deleteCustomRole } from "@agathaai/core/members";
import { fromPublicId, type UserPrincipal } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { join } from "../../support/members";
import { type Company, employ, filter, openCompany, patch, principalOf } from "./open-directory";

const stack = await useTestStack();
let api: Api;
let company: Company;
let other: Company;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  [company, other] = [await openCompany(api, stack), await openCompany(api, stack)];
}, 120_000);
afterAll(closeDb);

const hire = async (at = company): Promise<string> => (await employ(at)).id;
const form = async (members: string[] = [], { scim }: Company = company) => {
  const body = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: `Team ${randomUUID().slice(0, 8)}`,
    members: members.map((value) => ({ value, display: "Grace" })),
  };
  const { status, json } = await scim("POST", "/Groups", body);
  expect(status, JSON.stringify(json)).toBe(201);
  return json;
};
const stands = (id: string, role: string | null, principal: UserPrincipal = company.principal) =>
  setGroupRole(db(), {
    principal,
    input: { id: fromPublicId("dgr", id), role: role as "viewer" | null },
  });
const memberOf = async (id: string) => {
  const { userId } = await db().directoryUser.findUniqueOrThrow({ where: { id: fromPublicId("dus", id) } });
  return await db().membership.findFirstOrThrow({ where: { orgId: company.orgId, userId: userId ?? "" } });
};
const roleOf = async (id: string) => (await memberOf(id)).role;
const membersOf = async (id: string): Promise<string[]> =>
  (await company.scim("GET", `/Groups/${id}`)).json.members.map(({ value }) => value);
const change = async (id: string, ...operations: object[]) => {
  const reply = await company.scim("PATCH", `/Groups/${id}`, patch(...operations));
  expect(reply.status, JSON.stringify(reply.json)).toBe(204);
};

describe("a group of a directory", () => {
  it("is kept, found, changed and deleted as Okta and Entra ID do", async () => {
    const [a, b, c] = [await hire(), await hire(), await hire()];
    const { id, displayName } = await form([a]);
    expect(
      (await company.scim("GET", `/Groups${filter(`displayName eq "${displayName}"`)}`)).json,
    ).toMatchObject({
      totalResults: 1,
      Resources: [{ id, members: [{ value: a, type: "User" }] }],
    });
    const without = (await company.scim("GET", `/Groups/${id}?excludedAttributes=members`)).json;
    expect(without).not.toHaveProperty("members");
    await change(id, { op: "Add", path: "members", value: [{ value: b }, { value: c }] });
    expect((await membersOf(id)).toSorted()).toEqual([a, b, c].toSorted());
    await change(id, { op: "remove", path: `members[value eq "${a}"]` });
    await change(id, { op: "Remove", path: "members", value: [{ value: b }] });
    expect(await membersOf(id)).toEqual([c]);
    await change(id, { op: "replace", path: "members", value: [{ value: a }] });
    await change(id, { op: "replace", value: { id, displayName: `${displayName} two` } });
    expect(await membersOf(id)).toEqual([a]);
    expect((await company.scim("GET", `/Users/${a}`)).json.groups).toEqual([
      expect.objectContaining({ value: id, display: `${displayName} two` }),
    ]);
    const put = await company.scim("PUT", `/Groups/${id}`, { displayName, members: [{ value: b }] });
    expect(put.json).toMatchObject({ displayName, members: [{ value: b }] });
    await change(id, { op: "remove", path: "members" });
    expect(await membersOf(id)).toEqual([]);
    expect((await company.scim("DELETE", `/Groups/${id}`)).status).toBe(204);
    expect((await company.scim("GET", `/Groups/${id}`)).status).toBe(404);
  });

  it("is refused with what is wrong by its name, and with people of another directory", async () => {
    const { id, displayName } = await form();
    const foreign = await hire(other);
    for (const members of [[{ value: foreign }], [{ value: "x" }]]) {
      const reply = await company.scim("POST", "/Groups", { displayName: "Other", members });
      expect(reply).toMatchObject({ status: 400, json: { scimType: "invalidValue", detail: /members/ } });
    }
    for (const [operation, scimType] of [
      [{ op: "add", path: "members", value: [{ value: foreign }] }, "invalidValue"],
      [{ op: "add", path: 'members[value eq "x"]', value: [] }, "invalidPath"],
      [{ op: "replace", path: "displayName", value: 3 }, "invalidValue"],
      [{ op: "replace", path: "nothing", value: 3 }, "invalidPath"],
    ] as const) {
      const reply = await company.scim("PATCH", `/Groups/${id}`, patch(operation));
      expect(reply, JSON.stringify(operation)).toMatchObject({ status: 400, json: { scimType } });
    }
    const taken = await company.scim("POST", "/Groups", { displayName });
    expect(taken).toMatchObject({ status: 409, json: { scimType: "uniqueness" } });
    expect((await company.scim("POST", "/Groups", {})).json.detail).toMatch(/displayName/);
  });

  it("of another company is neither found nor changed", async () => {
    const { id, displayName } = await form([await hire()]);
    for (const [method, body] of [
      ["GET", undefined],
      ["PUT", { displayName: "Theirs" }],
      ["PATCH", patch({ op: "remove", path: "members" })],
      ["DELETE", undefined],
    ] as const) {
      expect((await other.scim(method, `/Groups/${id}`, body)).status, method).toBe(404);
    }
    const { json } = await other.scim("GET", `/Groups${filter(`displayName eq "${displayName}"`)}`);
    expect(json.totalResults).toBe(0);
    await expect(stands(id, "viewer", other.principal)).rejects.toMatchObject({ code: "not_found" });
    expect(await membersOf(id)).toHaveLength(1);
  });
});

describe("a group that stands for a role", () => {
  it("gives it to who comes, and takes it from who goes", async () => {
    const [a, b] = [await hire(), await hire()];
    const { id } = await form([a]);
    expect(await roleOf(a)).toBe("viewer");
    await stands(id, "developer");
    expect(await roleOf(a)).toBe("developer");
    await change(id, { op: "add", path: "members", value: [{ value: b }] });
    expect(await roleOf(b)).toBe("developer");
    await change(id, { op: "remove", path: `members[value eq "${b}"]` });
    expect(await roleOf(b)).toBe("viewer");
    await stands(id, null);
    expect(await roleOf(a)).toBe("viewer");
    await stands(id, "billing");
    await company.scim("DELETE", `/Groups/${id}`);
    expect(await roleOf(a)).toBe("viewer");
  });

  it("of several gives the highest: admin, developer, billing, viewer, a custom role after its base", async () => {
    const who = await hire();
    const { id: customRole } = await createCustomRole(db(), {
      principal: company.principal,
      input: { name: `Support ${randomUUID()}`, base: "developer", permissions: ["keys:read"] },
    });
    const role = fromPublicId("rol", customRole);
    const made: [string, string | null, string][] = [];
    for (const [given, custom, expected] of [
      ["viewer", null, "viewer"],
      ["billing", null, "billing"],
      [role, role, "developer"],
      ["developer", null, "developer"],
      ["admin", null, "admin"],
    ] as const) {
      const { id } = await form([who]);
      await stands(id, given);
      expect(await memberOf(who)).toMatchObject({ role: expected, customRoleId: custom });
      made.push([id, custom, expected]);
    }
    while (made.length > 1) {
      await company.scim("DELETE", `/Groups/${made.pop()?.[0]}`);
      const [, custom, expected] = made.at(-1) ?? [];
      expect(await memberOf(who)).toMatchObject({ role: expected, customRoleId: custom });
    }
  });

  it("has no role once its custom role is deleted, and never the base instead", async () => {
    const { id: customRole } = await createCustomRole(db(), {
      principal: company.principal,
      input: { name: `Passing ${randomUUID()}`, base: "admin", permissions: ["keys:read"] },
    });
    const role = fromPublicId("rol", customRole);
    const { id } = await form();
    await stands(id, role);
    await deleteCustomRole(db(), { principal: company.principal, input: { id: role } });
    const who = await hire();
    await change(id, { op: "add", path: "members", value: [{ value: who }] });
    expect(await roleOf(who)).toBe("viewer");
  });

  it("gives nothing by its name, and never makes or unmakes an owner", async () => {
    const who = await hire();
    const { status } = await company.scim("POST", "/Groups", {
      displayName: "owner",
      members: [{ value: who }],
    });
    expect(status).toBe(201);
    expect(await roleOf(who)).toBe("viewer");
    const { id } = await form([who]);
    await expect(stands(id, "owner")).rejects.toMatchObject({ code: "insufficient_role" });
    const { userId } = await memberOf(who);
    const key = { orgId_userId: { orgId: company.orgId, userId } };
    await db().membership.update({ where: key, data: { role: "owner" } });
    await stands(id, "viewer");
    expect(await roleOf(who)).toBe("owner");
  });

  it("is set by nobody for more than they may do, who gets no token either", async () => {
    const { id: customRole } = await createCustomRole(db(), {
      principal: company.principal,
      input: { name: `People ${randomUUID()}`, base: "admin", permissions: ["members:write", "keys:read"] },
    });
    const member = await join(api, stack, company.owner, "admin");
    const principal = { ...(await principalOf(member)), orgId: company.orgId };
    await db().membership.update({
      where: { orgId_userId: { orgId: company.orgId, userId: principal.userId } },
      data: { customRoleId: fromPublicId("rol", customRole) },
    });
    const { id } = await form();
    await expect(stands(id, "admin", principal)).rejects.toMatchObject({ code: "insufficient_role" });
    await expect(createDirectoryToken(db(), { principal })).rejects.toMatchObject({
      code: "insufficient_role",
    });
    expect(await stands(id, fromPublicId("rol", customRole), principal)).toMatchObject({
      custom_role: { id: customRole },
    });
  });
});
