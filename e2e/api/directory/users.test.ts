import { loginToPortal, registerUser } from "@agathaai/core/accounts";
import { fromPublicId } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { customer } from "../../support/people";
import {
  type Company,
  entraUser,
  filter,
  newAddress,
  oktaUser,
  openCompany,
  patch,
  scimError,
} from "./open-directory";

const stack = await useTestStack();
let api: Api;
let company: Company;
let other: Company;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  [company, other] = [await openCompany(api, stack), await openCompany(api, stack)];
}, 120_000);
afterAll(closeDb);

const add = async (body: object, at = company) => {
  const reply = await at.scim("POST", "/Users", body);
  expect(reply.status, JSON.stringify(reply.json)).toBe(201);
  return reply.json;
};
const memberOf = async ({ orgId }: Company, id: string) => {
  const { userId } = await db().directoryUser.findUniqueOrThrow({ where: { id: fromPublicId("dus", id) } });
  return await db().membership.findFirst({ where: { orgId, userId: userId ?? "" } });
};

describe("a person whom a directory adds", () => {
  it("is a member at once with a proven address, as Okta and as Entra ID send them", async () => {
    for (const body of [oktaUser(newAddress(company.domain)), entraUser(newAddress(company.domain))]) {
      const made = await add(body);
      expect(made).toMatchObject({
        id: expect.stringMatching(/^dus_/),
        userName: body.userName,
        externalId: body.externalId,
        displayName: body.displayName,
        active: true,
        emails: [{ value: body.userName, type: "work", primary: true }],
        meta: { resourceType: "User", location: expect.stringMatching(/\/scim\/v2\/Users\/dus_/) },
      });
      expect(JSON.stringify(made)).not.toContain("1mz050nq");
      expect(await memberOf(company, made.id)).toMatchObject({ role: "viewer" });
      expect((await company.scim("GET", `/Users/${made.id}`)).json).toEqual(made);
    }
  });

  it("keeps the account that they have, and one with an unproven address starts anew", async () => {
    const verified = newAddress(company.domain);
    const unproven = newAddress(company.domain);
    const password = "correct horse battery staple";
    for (const email of [verified, unproven])
      await registerUser(db(), { email, password, name: "Grace", ip: null });
    const before = await db().user.findMany({ orderBy: { createdAt: "desc" }, take: 2 });
    const [second, first] = before;
    await db().user.update({
      where: { id: first?.id ?? "" },
      data: { emailVerifiedAt: new Date() },
    });
    const [a, b] = [await add(oktaUser(verified)), await add(oktaUser(unproven))];
    expect((await memberOf(company, a.id))?.userId).toBe(first?.id);
    expect((await memberOf(company, b.id))?.userId).toBe(second?.id);
    await loginToPortal(db(), { email: verified, password, ip: null });
    await expect(loginToPortal(db(), { email: unproven, password, ip: null })).rejects.toMatchObject({
      code: "invalid_login",
    });
  });

  it("is refused with an address of no verified domain, by name, and leaves nothing", async () => {
    const stranger = await customer(api, stack);
    for (const email of [stranger.email, newAddress(other.domain), "no address"]) {
      const reply = await company.scim("POST", "/Users", oktaUser(email));
      expect(reply.json).toEqual(scimError(400, "invalidValue", /emails|domain/));
    }
    const { json } = await company.scim("GET", `/Users${filter(`userName eq "${stranger.email}"`)}`);
    expect(json.totalResults).toBe(0);
  });

  it("is there once, by user name without regard to case and by address", async () => {
    const email = newAddress(company.domain);
    await add(oktaUser(email));
    const again = oktaUser(email.toUpperCase());
    expect((await company.scim("POST", "/Users", again)).json).toEqual(
      scimError(409, "uniqueness", /already/),
    );
    const sameAddress = oktaUser(email, { userName: "ghopper" });
    expect((await company.scim("POST", "/Users", sameAddress)).status).toBe(409);
  });

  it("is refused with bad input by the attribute's name", async () => {
    const wrong: [object, RegExp][] = [
      [{ userName: undefined }, /userName/],
      [{ userName: 3 }, /userName/],
      [{ active: "maybe" }, /active/],
      [{ emails: "x" }, /emails/],
      [{ displayName: "x".repeat(300) }, /displayName/],
      [{ name: { givenName: "a\u0000b" } }, /givenName/],
      [{ externalId: {} }, /externalId/],
    ];
    for (const [part, names] of wrong) {
      const reply = await company.scim("POST", "/Users", oktaUser(newAddress(company.domain), part));
      expect(reply.json, JSON.stringify(part)).toEqual(scimError(400, "invalidValue", names));
    }
    expect((await company.scim("POST", "/Users", "[]")).json).toEqual(
      scimError(400, "invalidSyntax", /object/),
    );
  });
});

describe("a directory finds its people", () => {
  it("by user name, external ID, address and ID, page by page", async () => {
    const asked = await openCompany(api, stack);
    const one = await add(oktaUser(newAddress(asked.domain)), asked);
    const people = [one];
    for (let n = 1; n < 5; n += 1) people.push(await add(oktaUser(newAddress(asked.domain)), asked));
    for (const text of [
      `userName eq "${one.userName.toUpperCase()}"`,
      `externalId eq "${one.externalId}"`,
      `emails.value eq "${one.userName}"`,
      `emails[type eq "work" and value eq "${one.userName}"]`,
      `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "${one.userName}" and active eq true`,
      `id eq "${one.id}"`,
    ]) {
      const { json } = await asked.scim("GET", `/Users${filter(text)}`);
      expect(json, text).toMatchObject({ totalResults: 1, itemsPerPage: 1, Resources: [{ id: one.id }] });
    }
    const page = (await asked.scim("GET", "/Users?startIndex=4&count=10&attributes=userName")).json;
    expect(page).toMatchObject({ totalResults: 5, startIndex: 4, itemsPerPage: 2 });
    expect(page.Resources.map(({ id }) => id)).toEqual(people.slice(3).map(({ id }) => id));
    expect(page.Resources[0]).not.toHaveProperty("emails");
    expect((await asked.scim("GET", "/Users?count=0")).json).toMatchObject({
      totalResults: 5,
      Resources: [],
    });
    expect((await asked.scim("GET", "/Users?count=99999")).status).toBe(200);
  });

  it("and is told which filters there are", async () => {
    for (const text of [
      'displayName co "x"',
      'title eq "x"',
      'userName eq "a" or userName eq "b"',
      'not (userName eq "x")',
      "nonsense ((",
      "userName eq 3",
    ]) {
      const reply = await company.scim("GET", `/Users${filter(text)}`);
      expect(reply.json, text).toEqual(scimError(400, "invalidFilter", /./));
    }
    expect((await company.scim("GET", "/Users?count=x")).json).toEqual(
      scimError(400, "invalidValue", /count/),
    );
  });

  it("and nobody else's", async () => {
    const { id, userName } = await add(oktaUser(newAddress(company.domain)));
    for (const [method, body] of [
      ["GET", undefined],
      ["PUT", oktaUser(newAddress(other.domain))],
      ["PATCH", patch({ op: "replace", value: { active: false } })],
      ["DELETE", undefined],
    ] as const) {
      const reply = await other.scim(method, `/Users/${id}`, body);
      expect(reply.json, method).toEqual(scimError(404, undefined, /not found/));
    }
    const { json } = await other.scim("GET", `/Users${filter(`userName eq "${userName}"`)}`);
    expect(json.totalResults).toBe(0);
    expect(await memberOf(company, id)).not.toBeNull();
  });
});

describe("a person whom a directory changes", () => {
  it("is replaced whole, and patched as Okta and Entra ID do", async () => {
    const email = newAddress(company.domain);
    const { id } = await add(entraUser(email));
    const put = await company.scim("PUT", `/Users/${id}`, oktaUser(email, { displayName: "Rear Admiral" }));
    expect(put.json).toMatchObject({ id, displayName: "Rear Admiral", name: { familyName: "Hopper" } });
    const moved = newAddress(company.domain);
    const patched = await company.scim(
      "PATCH",
      `/Users/${id}`,
      patch(
        { op: "Replace", path: "displayName", value: "Amazing Grace" },
        { op: "Add", path: "name.givenName", value: "G." },
        { op: "Replace", path: 'emails[type eq "work"].value', value: moved },
        { op: "Add", path: 'addresses[type eq "work"].country', value: "US" },
        { op: "Add", path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", value: "x" },
        { op: "replace", value: { userName: moved, "name.familyName": "H.", title: "Admiral", id } },
      ),
    );
    expect(patched.status, JSON.stringify(patched.json)).toBe(200);
    expect(patched.json).toMatchObject({
      displayName: "Amazing Grace",
      userName: moved,
      name: { givenName: "G.", familyName: "H." },
      emails: [{ value: moved }],
      active: true,
    });
  });

  it("is refused by the attribute's name and stays as they were", async () => {
    const { id, ...before } = await add(oktaUser(newAddress(company.domain)));
    for (const [operation, scimType, names] of [
      [{ op: "replace", path: "nothing", value: 1 }, "invalidPath", /nothing/],
      [{ op: "replace", path: "userName", value: 3 }, "invalidValue", /userName/],
      [{ op: "remove", path: "userName" }, "invalidValue", /userName/],
      [{ op: "remove" }, "noTarget", /path/],
      [{ op: "replace", value: "x" }, "invalidValue", /value/],
      [{ op: "frob", path: "active", value: 1 }, "invalidValue", /op/],
      [{ op: "replace", path: "active", value: "perhaps" }, "invalidValue", /active/],
      [
        { op: "replace", path: 'emails[type eq "work"].value', value: newAddress(other.domain) },
        "invalidValue",
        /domain/,
      ],
    ] as const) {
      const reply = await company.scim("PATCH", `/Users/${id}`, patch(operation));
      expect(reply.json, JSON.stringify(operation)).toEqual(scimError(400, scimType, names));
    }
    expect((await company.scim("GET", `/Users/${id}`)).json).toMatchObject({ ...before, meta: {} });
  });

  it("loses nothing to a change that is made at the same time", async () => {
    const { id } = await add(oktaUser(newAddress(company.domain)));
    await Promise.all([
      company.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "displayName", value: "One" })),
      company.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "externalId", value: "two" })),
      company.scim(
        "PATCH",
        `/Users/${id}`,
        patch({ op: "replace", value: { name: { familyName: "Three" } } }),
      ),
    ]);
    expect((await company.scim("GET", `/Users/${id}`)).json).toMatchObject({
      displayName: "One",
      externalId: "two",
      name: { familyName: "Three" },
    });
  });

  it("owns the organization and stays, whatever the directory says", async () => {
    const own = await openCompany(api, stack);
    const email = newAddress(own.domain);
    const { id } = await add(oktaUser(email), own);
    const userId = (await memberOf(own, id))?.userId ?? "";
    await db().membership.update({
      where: { orgId_userId: { orgId: own.orgId, userId } },
      data: { role: "owner" },
    });
    const off = patch({ op: "replace", value: { active: false } });
    expect((await own.scim("PATCH", `/Users/${id}`, off)).json).toEqual(scimError(403, undefined, /owns/));
    expect((await own.scim("DELETE", `/Users/${id}`)).json).toEqual(scimError(403, undefined, /owns/));
    expect(await memberOf(own, id)).toMatchObject({ role: "owner" });
    expect((await own.scim("GET", `/Users/${id}`)).json.active).toBe(true);
  });
});
