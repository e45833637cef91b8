import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { after } from "../../../infra/testing/clock";
import { loadUserPrincipal, login, registerUser, verifyAccessToken } from "../accounts";
import { DAY, HOUR, MINUTE, SECOND, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { db } from "../platform/db/client";
import {
  createKey,
  createKeyInputSchema,
  keyScopes,
  listKeys,
  revokeKey,
  rotateKey,
  updateKey,
  updateKeyInputSchema,
} from "./";
import { create, idOf, member, stack, use } from "./testing/owners";

describe("rotating a key", () => {
  const rotate = (principal: UserPrincipal, id: string, grace: "now" | "1h" | "24h" | "7d" = "now") =>
    rotateKey(db(), { principal, input: { id, grace } });

  it("gives everything but the secret to a linked successor, and the old key works for its grace period", async () => {
    const owner = await member();
    const expires_at = new Date(Date.now() + 30 * DAY).toISOString();
    const old = await create(owner, {
      scopes: ["inference:write"],
      models: ["gpt-4o"],
      ip_allowlist: ["203.0.113.0/24"],
      rpm_limit: 3,
      expires_at,
    });
    const successor = await rotate(owner, idOf(old), "24h");
    const { name, environment, scopes, models, ip_allowlist, rpm_limit } = old;
    expect(successor).toMatchObject({
      name,
      environment,
      scopes,
      models,
      ip_allowlist,
      rpm_limit,
      expires_at,
    });
    expect(successor).toMatchObject({ status: "active", predecessor_id: old.id, successor_id: null });
    const [, shown] = (await listKeys(db(), { principal: owner, input: { limit: 2 } })).data;
    expect(shown).toMatchObject({ id: old.id, status: "rotating", successor_id: successor.id });
    expect(await use(old.secret)).toMatchObject({ apiKeyId: idOf(old) });
    expect(await use(successor.secret)).toMatchObject({ apiKeyId: idOf(successor) });
    await expect(use(old.secret, "203.0.113.9", after(DAY + SECOND))).rejects.toMatchObject({
      code: "api_key_revoked",
      public: expect.stringContaining(successor.id),
    });
    expect(await use(successor.secret, "203.0.113.9", after(DAY + SECOND))).toBeTruthy();
  });

  it("without a grace period ends the old secret at once", async () => {
    const owner = await member();
    const old = await create(owner);
    await use(old.secret);
    await rotate(owner, idOf(old));
    await expect(use(old.secret)).rejects.toMatchObject({ code: "api_key_revoked" });
  });

  it("many times in parallel makes one successor", async () => {
    const owner = await member();
    const old = await create(owner);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => rotate(owner, idOf(old), "1h")),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ code: "conflict", status: 409 });
    }
    expect(await db().apiKey.count({ where: { orgId: owner.orgId } })).toBe(2);
  });

  it("of every scope asks who is there, as creating one does: its secret is worth as much", async () => {
    const owner = await member();
    const every = await create(owner, { scopes: [...keyScopes] });
    const most = await create(owner, { scopes: keyScopes.slice(1) });
    const later = after(11 * MINUTE);
    const rotated = (key: typeof every) =>
      rotateKey(db(), { principal: owner, input: { id: idOf(key), grace: "now" } }, later);
    await expect(rotated(every)).rejects.toMatchObject({ code: "step_up_required", status: 403 });
    expect(await use(every.secret)).toMatchObject({ apiKeyId: idOf(every) });
    expect(await rotated(most)).toMatchObject({ status: "active" });
    await db().session.update({ where: { id: owner.sessionId }, data: { steppedUpAt: later.now() } });
    expect(await rotated(every)).toMatchObject({ status: "active", scopes: every.scopes });
  });

  it("is refused for a key that has ended, and for one that may do more than the person", async () => {
    const owner = await member();
    const ended = await create(owner);
    await revokeKey(db(), { principal: owner, input: { id: idOf(ended) } });
    await expect(rotate(owner, idOf(ended))).rejects.toMatchObject({ code: "conflict" });
    const broad = await create(owner, { scopes: ["billing:read"] });
    await db().membership.update({
      where: { orgId_userId: { orgId: owner.orgId, userId: owner.userId } },
      data: { role: "developer" },
    });
    const developer: UserPrincipal = { ...owner, role: "developer", scopes: new Set(["keys:write"]) };
    await expect(rotate(developer, idOf(broad))).rejects.toMatchObject({ code: "insufficient_scope" });
  });
});

describe("changing a key", () => {
  const update = (principal: UserPrincipal, key: { id: string }, changes: Record<string, unknown>) =>
    updateKey(db(), { principal, input: updateKeyInputSchema.parse({ id: key.id, ...changes }) });
  const entries = (id: string) =>
    db().auditLog.findMany({ where: { targetId: id, action: "key.updated" }, orderBy: { sequence: "asc" } });

  it("holds from the next use on and is written down: from what to what, without names and addresses", async () => {
    const owner = await member();
    const key = await create(owner, { rpm_limit: 60, models: ["gpt-4o"] });
    expect(await use(key.secret)).toMatchObject({ rpmLimit: 60, models: ["gpt-4o"] });
    const changed = await update(owner, key, {
      name: "Night shift",
      rpm_limit: 5,
      models: null,
      ip_allowlist: ["198.51.100.0/24"],
      monthly_cap_micros: 25_000_000,
    });
    expect(changed).toMatchObject({ name: "Night shift", monthly_cap_micros: 25_000_000, models: [] });
    expect(await use(key.secret, "198.51.100.7")).toMatchObject({ rpmLimit: 5, models: [] });
    await expect(use(key.secret, "203.0.113.9")).rejects.toMatchObject({ code: "ip_not_allowed" });
    const [entry, ...more] = await entries(idOf(key));
    expect(more).toEqual([]);
    expect(entry?.details).toEqual({
      changed: "name models ip_ranges rpm_limit monthly_cap_micros",
      models_before: 1,
      models: 0,
      ip_ranges_before: 0,
      ip_ranges: 1,
      rpm_limit_before: 60,
      rpm_limit: 5,
      monthly_cap_micros_before: null,
      monthly_cap_micros: 25_000_000,
    });
  });

  it("to its current values changes nothing and records no audit entry", async () => {
    const owner = await member();
    const expires_at = new Date(Date.now() + DAY).toISOString();
    const key = await create(owner, { rpm_limit: 60, models: ["gpt-4o", "gpt-4"], expires_at });
    const { secret: _secret, ...shown } = key;
    const same = { name: key.name, models: ["gpt-4", "gpt-4o"], rpm_limit: 60, expires_at };
    expect(await update(owner, key, same)).toEqual(shown);
    expect(await update(owner, key, {})).toEqual(shown);
    expect(await entries(idOf(key))).toEqual([]);
  });

  it("lets an expired key work again while the organization has fewer than a hundred keys", async () => {
    const owner = await member();
    const key = await create(owner, { expires_at: new Date(Date.now() + HOUR).toISOString() });
    const later = after(2 * HOUR);
    await expect(use(key.secret, null, later)).rejects.toMatchObject({ code: "api_key_expired" });
    const revived = await updateKey(
      db(),
      { principal: owner, input: updateKeyInputSchema.parse({ id: key.id, expires_at: null }) },
      later,
    );
    expect(revived).toMatchObject({ status: "active", expires_at: null });
    expect(await use(key.secret, null, later)).toMatchObject({ apiKeyId: idOf(key) });
  });

  it("is refused after it was revoked or rotated, to other roles, to keys and to other tenants", async () => {
    const [owner, viewer, stranger] = [await member(), await member({ role: "viewer" }), await member()];
    const key = await create(owner);
    const rename = { name: "y" };
    await expect(update(stranger, key, rename)).rejects.toMatchObject({ code: "not_found" });
    await expect(update(viewer, key, rename)).rejects.toMatchObject({ code: "insufficient_role" });
    const asKey = await use(key.secret);
    const input = updateKeyInputSchema.parse({ id: key.id, ...rename });
    await expect(updateKey(db(), { principal: asKey, input })).rejects.toMatchObject({
      code: "insufficient_scope",
    });
    const successor = await rotateKey(db(), { principal: owner, input: { id: idOf(key), grace: "1h" } });
    await expect(update(owner, key, rename)).rejects.toMatchObject({
      code: "conflict",
      public: expect.stringContaining(successor.id),
    });
    await revokeKey(db(), { principal: owner, input: { id: idOf(successor) } });
    await expect(update(owner, successor, rename)).rejects.toMatchObject({ code: "conflict" });
  });

  it("and rotating it at the same moment happen one after the other: the successor has what was changed, or nothing was", async () => {
    const owner = await member();
    const key = await create(owner, { rpm_limit: 60 });
    const [updated, rotated] = await Promise.allSettled([
      update(owner, key, { rpm_limit: 5 }),
      rotateKey(db(), { principal: owner, input: { id: idOf(key), grace: "now" } }),
    ]);
    if (rotated.status === "rejected") throw rotated.reason;
    expect(rotated.value.rpm_limit).toBe(updated.status === "fulfilled" ? 5 : 60);
  });
});

describe("a key created from a new device or network", () => {
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
  const home = { ip: "203.0.113.7", userAgent: firefox };
  const elsewhere = { ip: "198.51.100.4", userAgent: firefox };
  const subject = "An API key was created from a new device or network";

  /** Registered and signed in at home. */
  async function resident(): Promise<{ email: string; principal: UserPrincipal }> {
    const email = `ada.${randomUUID()}@example.com`;
    const input = { email, password: "correct horse battery staple", name: "Ada", ...home };
    const claims = await verifyAccessToken((await registerUser(db(), input)).access_token);
    const principal = await loadUserPrincipal(db(), { kind: "jwt", ...claims });
    if (principal === null) throw new Error("the person just registered is not signed in");
    return { email, principal };
  }
  const make = (
    principal: UserPrincipal,
    caller: { ip: string | null; userAgent?: string },
    clock?: { now(): Date },
  ) =>
    createKey(
      db(),
      { principal, input: createKeyInputSchema.parse({ name: "CI", environment: "test" }), caller },
      clock,
    );
  const told = async (email: string) => {
    await drainAfterResponse();
    return stack.mailbox.messagesTo(email).filter((mail) => mail.subject === subject);
  };

  it("is told to its creator once, with the address, and to the owners without; muting changes nothing", async () => {
    const [owner, creator] = [await resident(), await resident()];
    const { orgId } = owner.principal;
    const { userId } = creator.principal;
    await db().membership.create({ data: { orgId, userId, role: "developer", createdAt: new Date() } });
    await db().user.update({
      where: { id: userId },
      data: { mutedEmails: ["usage", "receipts", "product"] },
    });
    const acting: UserPrincipal = { ...creator.principal, orgId, role: "developer" };

    const key = await make(acting, elsewhere);
    await make(acting, elsewhere);
    const [mine, ...more] = await told(creator.email);
    expect(more).toEqual([]);
    expect(mine?.text).toContain(`${key.prefix}…${key.last_four}`);
    expect(mine?.text).toContain("Firefox on Linux");
    expect(mine?.text).toContain(elsewhere.ip);
    expect(mine?.text).toContain(`/keys/${key.id}`);
    const [theirs, ...others] = await told(owner.email);
    expect(others).toEqual([]);
    expect(theirs?.text).toContain(creator.email);
    expect(theirs?.text).not.toContain(elsewhere.ip);
    for (const mail of [mine, theirs]) {
      expect(`${mail?.text}${mail?.html}`).not.toContain(key.secret);
      expect(mail?.text).not.toContain("CI");
    }
  });

  it("is a matter of address and device together: where one registered is familiar, the rest is not", async () => {
    const { email, principal } = await resident();
    await make(principal, home);
    expect(await told(email)).toHaveLength(0);
    await make(principal, { ...home, userAgent: "curl/8.14.1" });
    expect(await told(email)).toHaveLength(1);
    await make(principal, elsewhere);
    expect(await told(email)).toHaveLength(2);
    await make(principal, { ...elsewhere, ip: "2001:db8:1:2::7" });
    await make(principal, { ...elsewhere, ip: "2001:db8:1:2:ffff::9" });
    expect(await told(email)).toHaveLength(3);
  });

  it("is not made familiar by signing in twice, only by a day; and is forgotten after ninety", async () => {
    const { email, principal } = await resident();
    const input = { email, password: "correct horse battery staple", ...elsewhere };
    await login(db(), input);
    await login(db(), input);
    const rotated = await make(principal, home);
    await rotateKey(db(), {
      principal,
      input: { id: idOf(rotated), grace: "now" },
      caller: elsewhere,
    });
    expect(await told(email)).toHaveLength(1);

    const other = await resident();
    await login(db(), { ...input, email: other.email });
    await make(other.principal, elsewhere, after(DAY + SECOND));
    expect(await told(other.email)).toHaveLength(0);
    await make(other.principal, elsewhere, after(91 * DAY));
    expect(await told(other.email)).toHaveLength(1);
  });

  it("is told once when many are made at the same moment", async () => {
    const { email, principal } = await resident();
    await Promise.all(Array.from({ length: 5 }, () => make(principal, elsewhere)));
    expect(await told(email)).toHaveLength(1);
  });
});
