import { randomBytes } from "node:crypto";
import { addPasskey, startAddingPasskey } from "@agathaai/core/accounts";
import { addDomain, createDirectoryGroup, createDirectoryToken } from "@agathaai/core/company-sign-in";
import { makeExports, requestExport } from "@agathaai/core/exports";
import { keyScopes } from "@agathaai/core/keys";
import {
  type Environment,
  fromPublicId,
  newId,
  toPublicId,
  type UserPrincipal,
} from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import { softPasskey } from "../../../infra/testing/authenticators/soft-passkey";
import { until } from "../../../infra/testing/until";
import type { TestStack } from "../../../infra/testing/use-test-stack";
import type { Api } from "../../support/client";
import { query } from "../../support/database";
import { join, userIdOf } from "../../support/members";
import { customer, makeKey, type Person } from "../../support/people";
import { connectApp } from "../../support/tokens/app-token";
import { openServiceAccount } from "../../support/tokens/service-token";
import { type Caller, portalCaller, principalOf } from "./callers";
import { EXPORT_TOKEN, ORGANIZATION_NAME, type Things } from "./entry";

/** What a tenant has in one environment, and the key that works there. */
export interface World {
  things: Things;
  key: Caller;
  /** Texts that nobody but this environment's keys and the tenant's people may read. */
  secrets: string[];
}

export interface Tenant {
  owner: Caller;
  worlds: Record<Environment, World>;
  /** The Idempotency-Key of a request in each environment. */
  idempotencyKey: string;
  /** Texts that only this tenant may ever read. */
  secrets: string[];
  orgId: string;
  userIds: string[];
}

/** Ready, and with the link that the matrix has. A worker may be the one that makes it. */
async function makeExport(principal: UserPrincipal): Promise<string> {
  const { id } = await requestExport(db(), { principal, subject: "person" });
  await until(async () => {
    await makeExports(db());
    const ready = "SELECT 1 FROM data_exports WHERE id = $1 AND status = 'ready'";
    return (await query(ready, [fromPublicId("exp", id)])).length === 1;
  });
  await query(
    "UPDATE data_exports SET emailed_at = now(), token_hash = sha256($2::text::bytea) WHERE id = $1",
    [fromPublicId("exp", id), EXPORT_TOKEN],
  );
  return id;
}

/**
 * A tenant whose every text holds a word that is nowhere else, and in each environment a word of its own. `portal` calls
 * a procedure of the portal alone.
 */
export async function openVictim(
  api: Api,
  stack: TestStack,
  portal: (caller: Caller, name: "team.invite", input: unknown) => Promise<unknown>,
): Promise<Tenant> {
  const canary = newCanary();
  const person = await customer(api, stack);
  const as = person.accessToken;
  await must(api.call("PATCH", "/api/v1/me", { as, body: { name: `Name ${canary}` } }));
  await must(api.call("PATCH", "/api/v1/organization", { as, body: { name: ORGANIZATION_NAME } }));
  const [member, successor] = [
    await join(api, stack, person, "developer"),
    await join(api, stack, person, "developer"),
  ];
  const owner = await portalCaller(person, "owner", person.orgId);
  const invitation = (await portal(owner, "team.invite", {
    email: `${canary}@example.com`,
    role: "viewer",
  })) as { id: string };
  const sessions = await must(api.get("/api/v1/me/sessions", { as }));
  const me = await must(api.get("/api/v1/me", { as }));
  const role = await must(
    api.post("/api/v1/roles", {
      as,
      body: { name: `Role ${canary}`, base: "viewer", permissions: ["models:read"] },
    }),
  );
  const providerKey = await must(
    api.post("/api/v1/provider-keys", { as, body: { provider: "deepseek", api_key: `sk-${canary}-theirs` } }),
  );
  const [memberId, successorId] = [await userIdOf(member), await userIdOf(successor)];
  const shared = {
    organization: person.orgId,
    member: toPublicId("usr", memberId),
    successor: toPublicId("usr", successorId),
    // Another session than the one that the owner's calls below use.
    session: sessions.data.find(({ current }) => current)?.id ?? "",
    invitation: invitation.id,
    role: role.id,
    providerKey: providerKey.id,
    app: (await connectApp(await principalOf(person), `App of ${canary.slice(0, 12)}`)).appId,
    export: await makeExport(await principalOf(person)),
    domain: await addDomainOf(person, `${canary}.com`),
    ...(await openDirectoryOf(person, `Group ${canary}`)),
  };
  // Last: from now on nobody signs in to this account with a password alone.
  const principal = await principalOf(person);
  const passkey = await addPasskeyOf(principal, `Passkey ${canary}`);
  const idempotencyKey = canary;
  const common = { shared: { ...shared, passkey }, idempotencyKey, principal };
  const worlds = {
    live: await openWorld(api, person, "live", common),
    test: await openWorld(api, person, "test", common),
  };
  return {
    owner,
    worlds,
    idempotencyKey,
    secrets: [
      ...[canary, person.email, member.email, successor.email],
      ...worlds.live.secrets,
      ...worlds.test.secrets,
    ],
    orgId: fromPublicId("org", person.orgId),
    userIds: [memberId, successorId, fromPublicId("usr", me.user.id)],
  };
}

const newCanary = () => `canary${randomBytes(8).toString("hex")}`;

type OfOneEnvironment =
  | "key"
  | "serviceAccount"
  | "auditEntry"
  | "inference"
  | "generation"
  | "webhook"
  | "webhookDelivery";

/** A key of one environment and what it has done there. */
async function openWorld(
  api: Api,
  person: Person,
  environment: Environment,
  {
    shared,
    idempotencyKey,
    principal,
  }: { shared: Omit<Things, OfOneEnvironment>; idempotencyKey: string; principal: UserPrincipal },
): Promise<World> {
  const canary = newCanary();
  const secret = await makeKey(api, person, { name: `Key ${canary}`, environment, scopes: keyScopes });
  const submitted = await must(
    api.post("/api/v1/inference", {
      as: secret,
      headers: { prefer: "wait=30", "idempotency-key": idempotencyKey },
      body: { model: "gpt-4o", prompt: `Repeat ${canary}`, max_tokens: 64, metadata: { [canary]: canary } },
    }),
  );
  if (submitted.status !== "completed") throw new Error(`the victim's request is ${submitted.status}`);
  const generated = await must(
    api.post("/v1/chat/completions", {
      as: secret,
      headers: { "x-agatha-resumable": "true" },
      body: { model: "gpt-4o", messages: [{ role: "user", content: `Repeat ${canary}` }], max_tokens: 64 },
    }),
  );
  const keys = await must(api.get("/api/v1/keys", { as: secret }));
  const webhook = await must(
    api.post("/api/v1/webhooks", {
      as: secret,
      body: { url: `https://${canary}.example.org/`, events: ["key.created"], description: `Hook ${canary}` },
    }),
  );
  const account = await openServiceAccount(principal, { name: `Account ${canary}`, environment });
  // The matrix waits until everything that is used has its time of use.
  await query("UPDATE api_keys SET last_used_at = now() WHERE id = $1", [fromPublicId("sva", account.id)]);
  const delivery = await must(api.post(`/api/v1/webhooks/${webhook.id}/test`, { as: secret }));
  const [created] = await query<{ id: string }>(
    "SELECT id FROM audit_logs WHERE action = 'key.created' AND target_id = $1",
    [fromPublicId("key", keys.data[0].id)],
  );
  if (created === undefined) throw new Error("nothing says that the key was created");
  const things = {
    ...shared,
    key: keys.data[0].id,
    serviceAccount: account.id,
    auditEntry: toPublicId("aud", created.id),
    inference: submitted.id,
    generation: generated.id,
    webhook: webhook.id,
    webhookDelivery: delivery.id,
  };
  const label = `the victim's own ${environment} key`;
  return {
    things,
    key: { label, kind: `${environment} key`, role: "key", credential: secret },
    secrets: [
      ...[canary, secret, webhook.secret, things.key, things.inference, things.generation],
      ...[things.webhook, things.webhookDelivery, account.id, account.secret],
    ],
  };
}

/** On the plan that has company sign-in, with a domain that nothing publishes a record for. */
async function addDomainOf(person: Person, domain: string): Promise<string> {
  const principal = await principalOf(person);
  await query("UPDATE subscriptions SET plan = 'enterprise' WHERE org_id = $1", [principal.orgId]);
  const added = await addDomain(db(), { principal, input: { domain } });
  await query("UPDATE organization_domains SET verified_at = now(), checked_at = now() WHERE org_id = $1", [
    principal.orgId,
  ]);
  return added.id;
}

/** A directory that may call, and a group of its. */
async function openDirectoryOf(person: Person, displayName: string) {
  const principal = await principalOf(person);
  const { id: directoryToken } = await createDirectoryToken(db(), { principal });
  // The matrix waits until everything that is used has its time of use.
  await query("UPDATE directory_tokens SET last_used_at = now() WHERE org_id = $1", [principal.orgId]);
  const directory = { kind: "directory", orgId: principal.orgId, tokenId: directoryToken } as const;
  const input = { displayName, externalId: null, members: [] };
  const { id: directoryGroup } = await createDirectoryGroup(db(), { principal: directory, input });
  return { directoryToken, directoryGroup };
}

/** Ids of the same kinds and of about the same time, of things that never existed. */
export function nothingOf(): Things {
  return {
    organization: toPublicId("org", newId()),
    member: toPublicId("usr", newId()),
    successor: toPublicId("usr", newId()),
    session: toPublicId("ses", newId()),
    passkey: toPublicId("psk", newId()),
    invitation: toPublicId("inv", newId()),
    role: toPublicId("rol", newId()),
    key: toPublicId("key", newId()),
    serviceAccount: toPublicId("sva", newId()),
    providerKey: toPublicId("pky", newId()),
    auditEntry: toPublicId("aud", newId()),
    inference: toPublicId("inf", newId()),
    generation: toPublicId("inf", newId()),
    app: toPublicId("app", newId()),
    webhook: toPublicId("whe", newId()),
    webhookDelivery: toPublicId("whd", newId()),
    export: toPublicId("exp", newId()),
    domain: toPublicId("dom", newId()),
    directoryToken: toPublicId("dtk", newId()),
    directoryGroup: toPublicId("dgr", newId()),
  };
}

/** Gives the person a passkey, and returns its id. Their other sessions go on. */
async function addPasskeyOf(principal: UserPrincipal, name: string): Promise<string> {
  const { options } = await startAddingPasskey(db(), principal);
  const credential = softPasskey({ origin: new URL(env().APP_URL).origin }).create(options);
  const { passkey } = await addPasskey(db(), { ...principal, name, credential, ip: null });
  await query("UPDATE sessions SET revoked_at = NULL WHERE user_id = $1", [principal.userId]);
  await query("UPDATE passkeys SET last_used_at = now() WHERE user_id = $1", [principal.userId]);
  return passkey.id;
}

async function must(reply: ReturnType<Api["call"]>) {
  const { status, json, text } = await reply;
  if (status >= 300) throw new Error(`the tenant could not be made: ${text}`);
  return json;
}
