import { loginToPortal, verifyAccessToken } from "@agathaai/core/accounts";
import type { Suspension } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { writePortalCookie } from "@/server/auth/portal-cookie";
import { principalOf } from "../../../infra/testing/make-user";
import type { TestStack } from "../../../infra/testing/use-test-stack";
import { connectApp, signAppToken } from "../../support/app-token";
import type { Api, Reply } from "../../support/client";
import { createKey } from "../../support/customer";
import { customer, type Person } from "../../support/people";

const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };

/** The providers' stand-in counts its calls by the nonce. */
const queued = (nonce: string) => ({
  ...chat,
  messages: [{ role: "user", content: `Hello [[nonce:${nonce}]]` }],
});

/** Each kind of credential a person or program has, and each way in that it opens. */
export interface Caller {
  person: Person;
  keyId: string;
  ways: Record<string, () => Promise<Reply>>;
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
      "sign-in": () => api.post("/api/v1/auth/login", { body: { email, password } }),
    },
  };
}

/** Which ways close. A person whose organization is suspended still signs in, to act in another. */
export function closedBy(of: Suspension["of"], way: string): boolean {
  if (of === "account") return true;
  if (of === "key") return way.startsWith("key");
  return way !== "refresh" && way !== "sign-in";
}
