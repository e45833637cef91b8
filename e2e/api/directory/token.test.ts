import { getDirectory, revokeDirectoryToken } from "@agathaai/core/company-sign-in";
import { fromPublicId } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { makeKey } from "../../support/people";
import { type Company, openCompany, scimError, scimOf } from "./open-directory";

const stack = await useTestStack();
let api: Api;
let company: Company;
let other: Company;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  [company, other] = [await openCompany(api, stack), await openCompany(api, stack)];
}, 120_000);
afterAll(closeDb);

describe("a directory's token", () => {
  it("opens SCIM and nothing else, and nothing else opens SCIM", async () => {
    const key = await makeKey(api, company.owner);
    let operations = 0;
    for (const [path, item] of Object.entries(api.contract.document.paths)) {
      for (const method of Object.keys(item)) {
        // The schema of the body is looked at after the caller.
        const asked = [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, "x")] as const;
        const anonymous = await fetch(api.url + asked[1], { method: asked[0] });
        const reply = await fetch(api.url + asked[1], {
          method: asked[0],
          headers: bearer(company.token),
        });
        expect(reply.status, asked.join(" ")).toBe(anonymous.status);
        operations += reply.status === 401 ? 1 : 0;
      }
    }
    expect(operations).toBeGreaterThan(100);
    expect((await api.get("/v1/models", { headers: { "x-api-key": company.token } })).status).toBe(401);
    expect((await fetch(`${api.url}/oauth/userinfo`, { headers: bearer(company.token) })).status).toBe(401);
    const altered = `${company.token.slice(0, -1)}${company.token.endsWith("x") ? "y" : "x"}`;
    for (const as of [undefined, key, company.owner.accessToken, company.owner.refreshToken, altered]) {
      const reply = await scimOf(api, as)("GET", "/Users");
      expect(reply.status).toBe(401);
      expect(reply.headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(reply.json).toEqual(scimError(401, undefined, /SCIM token/));
    }
  });

  it("ends at once when it is revoked, and without the plan opens nothing", async () => {
    const passing = await openCompany(api, stack);
    expect((await passing.scim("GET", "/Users")).status).toBe(200);
    expect((await getDirectory(db(), passing)).tokens).toMatchObject([
      { id: passing.tokenId, last_used_at: expect.any(String) },
    ]);
    await db().subscription.update({ where: { orgId: passing.orgId }, data: { plan: "plus" } });
    expect((await passing.scim("GET", "/Users")).status).toBe(403);
    const { principal, tokenId } = passing;
    await revokeDirectoryToken(db(), { principal, id: fromPublicId("dtk", tokenId) });
    expect((await passing.scim("GET", "/Users")).status).toBe(401);
  });

  it("is stored as a hash alone", async () => {
    const rows = await db().$queryRaw<{ text: string }[]>`SELECT t::text AS text FROM directory_tokens t`;
    expect(rows.length).toBeGreaterThan(1);
    for (const { token } of [company, other])
      expect(rows.some(({ text }) => text.includes(token.slice(13)))).toBe(false);
  });
});

describe("the service describes itself", () => {
  it("by its configuration, resource types and schemas", async () => {
    const { scim } = company;
    expect((await scim("GET", "/ServiceProviderConfig")).json).toMatchObject({
      patch: { supported: true },
      filter: { supported: true, maxResults: 200 },
      bulk: { supported: false },
    });
    expect((await scim("GET", "/ResourceTypes/User")).json).toMatchObject({ endpoint: "/Users" });
    const { json } = await scim("GET", "/Schemas");
    expect(json.Resources.map(({ id }) => id)).toContain("urn:ietf:params:scim:schemas:core:2.0:User");
    expect((await scim("GET", "/Schemas/urn:nothing")).status).toBe(404);
  });

  it("and refuses paths and methods that it does not have, in its own words", async () => {
    const { scim } = company;
    expect((await scim("GET", "/Nothing")).json).toEqual(scimError(404, undefined, /endpoint/));
    expect((await scim("DELETE", "/Users")).json).toEqual(scimError(405, undefined, /GET, POST/));
    expect((await scim("POST", "/Users", "{")).json).toEqual(scimError(400, "invalidSyntax", /JSON/));
    const large = JSON.stringify({ userName: "x".repeat(1_100_000) });
    expect((await scim("POST", "/Users", large)).json).toEqual(scimError(413, undefined, /larger/));
  });
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
