import { loginToPortal, verifyAccessToken } from "@agathaai/core/accounts";
import { flushAudit } from "@agathaai/core/audit";
import { updateHipaa } from "@agathaai/core/hipaa";
import { db } from "@agathaai/core/platform/db/client";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { writePortalCookie } from "@/server/auth/portal-cookie";
import { handlePortalCall } from "@/server/trpc/portal/portal-handler";
import { principalOf } from "../../../infra/testing/make-user";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { signInAgain } from "../../support/customer";
import { customer, makeKey, type Person } from "../../support/people";
import { connectApp, signAppToken } from "../../support/tokens/app-token";
import { type Company, openCompany } from "../directory/open-directory";

const jar = { cookie: "" };
// Outside a request of Next there is no cookie jar: this one stands in for it.
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: (name: string) => (jar.cookie === "" ? undefined : { name, value: jar.cookie }),
  }),
  headers: async () => new Headers(),
}));

const stack = await useTestStack({ BAA_PLACES: "openai" });
let api: Api;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
}, 120_000);

const entries = z.array(
  z.object({
    action: z.string(),
    actor: z.object({ type: z.string(), id: z.string().nullable() }),
    target: z.object({ id: z.string() }).nullable(),
  }),
);

async function entriesOf(person: Person, action: string): Promise<z.output<typeof entries>> {
  const page = await api.get(`/api/v1/audit?action=${action}&limit=100`, { as: person.accessToken });
  return entries.parse(page.json.data);
}

const turnOn = (person: Person) =>
  api.call("PATCH", "/api/v1/organization/hipaa", {
    as: person.accessToken,
    body: { enabled: true, agreement_version: "2026-11-27" },
  });

/** A read in the portal, as its pages make it. */
async function inPortal(person: Person, procedure: string): Promise<number> {
  const cookie = await writePortalCookie(await loginToPortal(db(), { ...person, ip: null }));
  jar.cookie = (cookie.split(";", 1)[0] ?? "").replace(/^[^=]+=/, "");
  const response = await handlePortalCall(
    new Request(`http://localhost:3000/api/trpc/${procedure}?input=${encodeURIComponent("{}")}`, {
      headers: { cookie, "sec-fetch-site": "same-origin" },
    }),
  );
  await response.text();
  await flushAudit();
  return response.status;
}

describe("a read of an organization’s data in HIPAA mode", () => {
  let owner: Person;
  let key: string;
  beforeAll(async () => {
    owner = await customer(api, stack);
    expect((await turnOn(owner)).status).toBe(200);
    // What nobody has used yet is read with the decision, however late the running processes hear of it.
    await signInAgain(api, owner);
    key = await makeKey(api, owner);
  });

  it("is an entry of the audit log that names the caller and the thing: a person, a key, an app", async () => {
    const { json } = await api.post("/api/v1/inference", {
      as: key,
      body: { model: "gpt-4o", prompt: "Hello" },
      headers: { prefer: "wait=20" },
    });
    const principal = await principalOf({ kind: "jwt", ...(await verifyAccessToken(owner.accessToken)) });
    const app = await signAppToken(principal, await connectApp(principal));
    for (const as of [key, owner.accessToken, app])
      expect((await api.get(`/api/v1/inference/${json.id}`, { as })).status).toBe(200);
    await until(async () => {
      const found = await entriesOf(owner, "data.request_read");
      const actors = new Set(
        found.filter(({ target }) => target?.id === json.id).map(({ actor }) => actor.type),
      );
      return actors.has("key") && actors.has("user");
    });
    expect((await api.get("/api/v1/keys", { as: owner.accessToken })).status).toBe(200);
    await until(async () => (await entriesOf(owner, "data.keys_read")).length > 0);
  });

  it("of members, keys, billing, webhooks and exports has one each, made in the portal", async () => {
    const reads = {
      "team.list": "data.members_read",
      "roles.list": "data.members_read",
      "billing.spending": "data.billing_read",
      "exports.listOrganization": "data.exports_read",
      "webhooks.list": "data.webhooks_read",
    };
    for (const [procedure, action] of Object.entries(reads)) {
      expect(await inPortal(owner, procedure), procedure).toBe(200);
      // It has written what it was to write.
      expect(await entriesOf(owner, action), procedure).not.toEqual([]);
    }
  });

  it("that is repeated within a minute has one entry, and each call is among the API calls", async () => {
    const other = await makeKey(api, owner);
    const { json } = await api.post("/api/v1/inference", {
      as: other,
      body: { model: "gpt-4o", prompt: "Hello" },
    });
    for (let polls = 0; polls < 5; polls += 1) await api.get(`/api/v1/inference/${json.id}`, { as: other });
    const ofIt = async () =>
      (await entriesOf(owner, "data.request_read")).filter(({ target }) => target?.id === json.id);
    await until(async () => (await ofIt()).length > 0);
    await until(async () => {
      const calls = await entriesOf(owner, "api.request");
      const [entry] = await ofIt();
      return calls.filter(({ actor }) => actor.id === entry?.actor.id).length >= 6;
    });
    expect(await ofIt()).toHaveLength(1);
  });

  it("leaves no such entry where the mode is off", async () => {
    const plain = await customer(api, stack);
    await api.get("/api/v1/keys", { as: plain.accessToken });
    expect(await inPortal(plain, "team.list")).toBe(200);
    await until(async () => (await entriesOf(plain, "api.request")).length > 2);
    for (const action of ["data.keys_read", "data.members_read"])
      expect(await entriesOf(plain, action)).toEqual([]);
  });
});

it("a directory that lists members of an organization in HIPAA mode leaves an entry", async () => {
  const company: Company = await openCompany(api, stack);
  await updateHipaa(db(), {
    principal: company.principal,
    input: { enabled: true, agreement_version: "2026-11-27" },
  });
  await flushAudit();
  expect((await company.scim("GET", "/Users")).status).toBe(200);
  await until(async () => {
    const [entry] = await entriesOf(company.owner, "data.members_read");
    return entry?.actor.type === "system";
  });
});
