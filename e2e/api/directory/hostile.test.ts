import { closeDb } from "@agathaai/core/platform/db/client";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { hostile, hostileText } from "../../fuzz/hostile";
import { type Api, openApi } from "../../support/client";
import { type Company, oktaUser, openCompany, patch } from "./open-directory";

const stack = await useTestStack();
let api: Api;
let company: Company;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  company = await openCompany(api, stack);
}, 120_000);
afterAll(closeDb);

/** Longer ones are refused by the server for all it serves. */
const encoded = (text: string) => encodeURIComponent(text.slice(0, 300).toWellFormed());
const runs = { numRuns: 150, endOnFailure: true };
const messages = "urn:ietf:params:scim:api:messages:2.0:";

/** Sends it, and expects an answer in the protocol's own words that is no fault of ours. */
async function tolerates(method: string, path: string, body?: unknown): Promise<void> {
  const { status, json, headers } = await company.scim(method, path, body);
  const what = `${method} ${path} ${JSON.stringify(body)} → ${status}`;
  expect(status, what).toBeLessThan(500);
  if (status >= 400) {
    expect(json, what).toMatchObject({ schemas: [`${messages}Error`], status: String(status) });
    expect(json.detail, what).toMatch(/\S/);
    expect(JSON.stringify(json), what).not.toMatch(/prisma|postgres|node_modules|select /i);
  }
  if (status !== 204) expect(headers.get("content-type")).toMatch(/^application\/scim\+json/);
}

const attributes = ["userName", "externalId", "displayName", "name", "emails", "active", "schemas", "title"];
const operation = fc.record(
  {
    op: fc.oneof(fc.constantFrom("add", "remove", "replace", "Add"), hostileText),
    path: fc.oneof(
      fc.constantFrom(
        ...attributes,
        "name.givenName",
        'emails[type eq "work"].value',
        "members",
        "displayName",
      ),
      hostileText.map((text) => `members[value eq "${text}"]`),
      hostileText.map((text) => `emails[${text}]`),
      hostileText,
    ),
    value: hostile,
  },
  { requiredKeys: ["op"] },
);

it("a directory that sends what fits no schema is told so, and nothing of ours breaks", async () => {
  const { json: user } = await company.scim("POST", "/Users", oktaUser(`grace@${company.domain}`));
  const { json: group } = await company.scim("POST", "/Groups", { displayName: "A team" });
  const users = fc.tuple(fc.constantFrom(...attributes), hostile);
  await fc.assert(
    fc.asyncProperty(users, async ([name, value]) => {
      await tolerates("POST", "/Users", oktaUser(`ada@${company.domain}`, { [name]: value }));
      await tolerates("PUT", `/Users/${user.id}`, oktaUser(`grace@${company.domain}`, { [name]: value }));
    }),
    runs,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 3 }), async (operations) => {
      await tolerates("PATCH", `/Users/${user.id}`, patch(...operations));
      await tolerates("PATCH", `/Groups/${group.id}`, patch(...operations));
    }),
    runs,
  );
  await fc.assert(
    fc.asyncProperty(hostileText, hostile, async (text, value) => {
      await tolerates("GET", `/Users?filter=${encoded(`userName eq "${text}"`)}`);
      await tolerates("GET", `/Groups?filter=${encoded(text)}&startIndex=${encoded(text)}`);
      await tolerates("GET", `/Groups?filter=${encoded(`displayName eq "${text}"`)}`);
      await tolerates("GET", `/Users/${encoded(text)}?attributes=${encoded(text)}`);
      await tolerates("POST", "/Groups", value);
    }),
    runs,
  );
  expect((await company.scim("GET", `/Users/${user.id}`)).status).toBe(200);
}, 240_000);
