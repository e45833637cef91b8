import { randomUUID } from "node:crypto";
import { loginToPortal, verifyAccessToken } from "@agathaai/core/accounts";
import { createDirectoryToken } from "@agathaai/core/company-sign-in";
import { newId, type Suspension, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { writePortalCookie } from "@/server/auth/portal-cookie";
import { principalOf } from "../../../infra/testing/make-user";
import type { TestStack } from "../../../infra/testing/use-test-stack";
import type { Api, Reply } from "../../support/client";
import { createKey } from "../../support/customer";
import type { Fields } from "../../support/fields";
import { customer, type Person } from "../../support/people";
import { connectApp, signAppToken } from "../../support/tokens/app-token";
import { scimOf } from "../directory/open-directory";

const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };

/** The providers' stand-in counts its calls by the nonce. */
const queued = (nonce: string) => ({
  ...chat,
  messages: [{ role: "user", content: `Hello [[nonce:${nonce}]]` }],
});

/** What a caller is told, by the API or by SCIM. */
type Told = Omit<Reply, "json"> & { json: { id: string; detail?: unknown; error?: Fields["error"] } };

/** Each kind of credential a person or program has, and each way in that it opens. */
export interface Caller {
  person: Person;
  keyId: string;
  ways: Record<string, () => Promise<Told>>;
}

export async function openCaller(api: Api, stack: TestStack): Promise<Caller> {
  const person = await customer(api, stack);
  const { id: keyId, secret } = await createKey(api, person);
  const claims = await verifyAccessToken(person.accessToken);
  const principal = await principalOf({ kind: "jwt", ...claims });
  const app = await signAppToken(principal, await connectApp(principal));
  const portal = await loginToPortal(db(), { ...person, ip: null });
  const cookie = (await writePortalCookie(portal)).split(";", 1)[0] ?? "";
  const { email, password } = person;
  const directory = scimOf(api, await directoryToken(principal));
  return {
    person,
    keyId,
    ways: {
      "key at /v1": () => api.post("/v1/chat/completions", { as: secret, body: chat }),
      "key at /api/v1": () => api.get("/api/v1/usage", { as: secret }),
      "key that submits": () => api.post("/api/v1/inference", { as: secret, body: queued(keyId) }),
      "access token at /api/v1": () => api.get("/api/v1/me", { as: person.accessToken }),
      "access token at /v1": () => api.post("/v1/chat/completions", { as: person.accessToken, body: chat }),
      "app at /api/v1": () => api.get("/api/v1/usage", { as: app }),
      "app at /v1": () => api.post("/v1/chat/completions", { as: app, body: chat }),
      "portal session at /v1": () =>
        api.post("/v1/chat/completions", {
          body: chat,
          headers: { cookie, "sec-fetch-site": "same-origin" },
        }),
      refresh: async () => {
        const body = { refresh_token: person.refreshToken };
        const reply = await api.post("/api/v1/auth/refresh", { body });
        if (reply.status === 200) person.refreshToken = reply.json.refresh_token;
        return reply;
      },
      directory: async () => {
        const { status, headers, json } = await directory("GET", "/Users?count=1");
        return { status, headers, json, text: JSON.stringify(json) };
      },
      "sign-in": () => api.post("/api/v1/auth/login", { body: { email, password } }),
    },
  };
}

/** Of a company's directory (SCIM), which has no person behind it. */
async function directoryToken(principal: UserPrincipal): Promise<string> {
  const now = new Date();
  const domain = `${randomUUID().slice(0, 13)}.com`;
  const { orgId } = principal;
  await db().organizationDomain.create({
    data: { id: newId(), orgId, domain, proof: "x", verifiedAt: now, checkedAt: now, createdAt: now },
  });
  return (await createDirectoryToken(db(), { principal })).secret;
}

/** Which ways close. A person whose organization is suspended still signs in, to act in another. */
export function closedBy(of: Suspension["of"], way: string): boolean {
  // A directory is its organization's, whoever made its token.
  if (way === "directory") return of === "organization";
  if (of === "account") return true;
  if (of === "key") return way.startsWith("key");
  return way !== "refresh" && way !== "sign-in";
}
