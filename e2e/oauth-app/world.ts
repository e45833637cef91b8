import { loadUserPrincipal, loginToPortal } from "@agathaai/core/accounts";
import { leaveOrganization } from "@agathaai/core/members";
import { registerApp, registerAppInputSchema } from "@agathaai/core/oauth";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { writePortalCookie } from "@/server/auth/portal-cookie";
import { startTestProcesses } from "../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { openApi } from "../support/client";
import { query } from "../support/database";
import { customer, type Person } from "../support/people";
import { Browser } from "./browser";
import { openSampleApp } from "./sample-app";

/** An installation with a customer whose organization registered apps, and the apps themselves. */
export async function openWorld(env: Record<string, string> = {}) {
  const stack = await useTestStack(env);
  const issuer = new URL(stack.env.APP_URL ?? "").origin;
  const redirectUri = "https://app.example.com/callback";
  return {
    stack,
    issuer,
    redirectUri,
    /** To be called in `beforeAll`: starts the server. */
    async start() {
      const processes = await startTestProcesses({ server: true });
      const api = await openApi(processes);
      /** The issuer's name leads to the server of this test. */
      const reach: typeof fetch = (input, init) => {
        const url = String(input instanceof Request ? input.url : input);
        return fetch(url.startsWith(issuer) ? api.url + url.slice(issuer.length) : url, init);
      };
      const signIn = async ({ email, password }: Person) => {
        const session = await loginToPortal(db(), { email, password, ip: null });
        const principal = await loadUserPrincipal(db(), { kind: "session", ...session });
        if (principal === null) throw new Error("no session");
        const cookie = (await writePortalCookie(session)).split(";", 1)[0] ?? "";
        return { principal, cookie, browser: new Browser(issuer, reach, cookie) };
      };
      const ada = await customer(api, stack);
      const { principal, browser, cookie } = await signIn(ada);
      const register = async (settings: Record<string, unknown> = {}) => {
        const input = registerAppInputSchema.parse({
          name: "Marble Reports",
          homepage_url: "https://app.example.com",
          redirect_uris: [redirectUri],
          scopes: [
            "openid",
            "profile",
            "email",
            "models:read",
            "usage:read",
            "inference:write",
            "webhooks:write",
          ],
          confidential: true,
          ...settings,
        });
        return await registerApp(db(), { principal, input });
      };
      const open = async (
        app: Awaited<ReturnType<typeof register>>,
        scope = "openid profile email models:read usage:read",
      ) =>
        await openSampleApp({
          issuer,
          clientId: app.id,
          ...(app.client_secret !== null && { clientSecret: app.client_secret }),
          redirectUri,
          scope,
          fetch: reach,
        });
      const join = (userId: string, role: string) =>
        query(
          "INSERT INTO memberships (org_id, user_id, role, created_at) VALUES ($1, $2, $3::org_role, now())",
          [principal.orgId, userId, role],
        );
      /** Another person, who is a member here beside an organization of their own. */
      const member = async (role: string) => {
        const person = await customer(api, stack);
        const { principal: own } = await signIn(person);
        await join(own.userId, role);
        return person;
      };
      const leave = async (who: UserPrincipal) => {
        await query("UPDATE sessions SET org_id = $1 WHERE id = $2", [principal.orgId, who.sessionId]);
        await leaveOrganization(db(), { ...who, orgId: principal.orgId });
      };
      return { join, member, leave, api, reach, signIn, ada, principal, browser, cookie, register, open };
    },
  };
}

export type World = Awaited<ReturnType<Awaited<ReturnType<typeof openWorld>>["start"]>>;
