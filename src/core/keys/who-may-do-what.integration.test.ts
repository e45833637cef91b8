import { describe, expect, it } from "vitest";
import { after } from "../../../infra/testing/clock";
import { listAudit, recordAuditIn } from "../audit";
import {
  DAY,
  HOUR,
  newId,
  type Principal,
  reachOf,
  startOfMonth,
  toPublicId,
  type UserPrincipal,
} from "../platform";
import { db } from "../platform/db/client";
import {
  getKey,
  keyListViewSchema,
  listKeys,
  revokeKey,
  rotateKey,
  updateKey,
  updateKeyInputSchema,
} from "./";
import { colleague, create, idOf, member, use } from "./testing/owners";

describe("listing keys", () => {
  it("pages newest first without gaps or repeats, ended keys included", async () => {
    const owner = await member();
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push(await create(owner, { name: `key ${i}` }));
    await revokeKey(db(), { principal: owner, input: { id: idOf(made[2] ?? { id: "" }) } });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listKeys(db(), {
        principal: owner,
        input: { limit: 2, ...(cursor ? { cursor } : {}) },
      });
      expect(keyListViewSchema.parse(page)).toEqual(page);
      names.push(...page.data.map(({ name, status }) => `${name} ${status}`));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(["key 4 active", "key 3 active", "key 2 revoked", "key 1 active", "key 0 active"]);
    await expect(
      listKeys(db(), { principal: owner, input: { limit: 2, cursor: "nonsense" } }),
    ).rejects.toMatchObject({ code: "invalid_cursor", param: "cursor" });
  });
});

describe("the rule of who may do what to a key", () => {
  const update = (principal: UserPrincipal, key: { id: string }, changes: Record<string, unknown>) =>
    updateKey(db(), { principal, input: updateKeyInputSchema.parse({ id: key.id, ...changes }) });
  const rotate = (principal: UserPrincipal, key: { id: string }) =>
    rotateKey(db(), { principal, input: { id: idOf(key), grace: "now" } });
  const revoke = (principal: UserPrincipal, key: { id: string }) =>
    revokeKey(db(), { principal, input: { id: idOf(key) } });
  const rowOf = (key: { id: string }) => db().apiKey.findUniqueOrThrow({ where: { id: idOf(key) } });

  it("refuses any change of a key with more scopes than the caller's own role", async () => {
    const owner = await member();
    const developer = await colleague(owner, "developer");
    const key = await create(owner, { scopes: ["inference:read", "audit:read"], rpm_limit: 60 });
    const before = await rowOf(key);
    for (const changes of [
      { name: "Mine" },
      { rpm_limit: 1 },
      { rpm_limit: null },
      { monthly_cap_micros: 10_000 },
      { models: ["gpt-4o"] },
      { ip_allowlist: ["203.0.113.9"] },
      { expires_at: new Date(Date.now() + HOUR).toISOString() },
      {},
    ]) {
      await expect(update(developer, key, changes)).rejects.toMatchObject({ code: "insufficient_scope" });
    }
    await expect(rotate(developer, key)).rejects.toMatchObject({ code: "insufficient_scope" });
    await expect(revoke(developer, key)).rejects.toMatchObject({ code: "insufficient_scope" });
    expect(await rowOf(key)).toEqual(before);
    const admin = await colleague(owner, "admin");
    expect(await update(admin, key, { rpm_limit: null })).toMatchObject({ rpm_limit: null });
  });

  it("lets only those who manage members widen somebody else's key; narrowing needs the key's own scopes", async () => {
    const owner = await member();
    const [creator, peer, admin] = [
      await colleague(owner, "developer"),
      await colleague(owner, "developer"),
      await colleague(owner, "admin"),
    ];
    const soon = new Date(Date.now() + DAY).toISOString();
    const bounds = {
      rpm_limit: 60,
      monthly_cap_micros: 20_000,
      models: ["gpt-4o"],
      ip_allowlist: ["10.0.0.0/8"],
      expires_at: soon,
    };
    const key = await create(creator, bounds);
    for (const wider of [
      { rpm_limit: 61 },
      { rpm_limit: null },
      { monthly_cap_micros: 30_000 },
      { monthly_cap_micros: null },
      { models: ["gpt-4o", "gpt-4"] },
      { models: null },
      { ip_allowlist: ["10.0.0.0/8", "203.0.113.0/24"] },
      { ip_allowlist: null },
      { expires_at: new Date(Date.now() + 2 * DAY).toISOString() },
      { expires_at: null },
      { name: "Narrow in one, wide in another", rpm_limit: 1, expires_at: null },
    ]) {
      await expect(update(peer, key, wider), JSON.stringify(wider)).rejects.toMatchObject({
        code: "insufficient_role",
      });
      expect(await update(creator, key, wider)).toMatchObject({ status: "active" });
      expect(await update(admin, key, bounds)).toMatchObject(bounds);
      expect(await update(admin, key, wider)).toMatchObject({ status: "active" });
      await update(creator, key, bounds);
    }
    for (const narrower of [
      { rpm_limit: 59 },
      { monthly_cap_micros: 10_000 },
      { ip_allowlist: ["10.1.0.0/16"] },
      { expires_at: new Date(Date.now() + HOUR).toISOString() },
    ]) {
      expect(await update(peer, key, narrower)).toMatchObject({ status: "active" });
    }
    expect(await revoke(peer, key)).toMatchObject({ status: "revoked" });
  });

  it("gives no live key to a user with an unverified address, by creating, rotating or widening one", async () => {
    const owner = await member();
    const newcomer = await colleague(owner, "developer", { verified: false });
    const [live, test] = [
      await create(owner, { rpm_limit: 60 }),
      await create(owner, { environment: "test", rpm_limit: 60 }),
    ];
    const refused = { code: "email_not_verified", status: 403 };
    await expect(create(newcomer)).rejects.toMatchObject(refused);
    await expect(rotate(newcomer, live)).rejects.toMatchObject(refused);
    const admin = await colleague(owner, "admin", { verified: false });
    await expect(update(admin, live, { rpm_limit: null })).rejects.toMatchObject(refused);
    expect(await update(admin, live, { rpm_limit: 5 })).toMatchObject({ rpm_limit: 5 });
    expect(await rotate(newcomer, test)).toMatchObject({ status: "active" });
    expect(await revoke(newcomer, live)).toMatchObject({ status: "revoked" });
  });
});

describe("what a key has spent", () => {
  const spend = (key: { id: string }, orgId: string, month: Date, micros: bigint) =>
    db().keySpend.create({
      data: { keyId: idOf(key), orgId, month, spentMicros: micros, updatedAt: new Date() },
    });

  it("is this month's alone, shown by every view, and goes over to the successor with the cap", async () => {
    const owner = await member();
    const [key, other] = [await create(owner, { monthly_cap_micros: 9_000_000 }), await create(owner)];
    const month = startOfMonth(new Date());
    await spend(key, owner.orgId, month, 1_234_567n);
    await spend(other, owner.orgId, new Date(Date.UTC(2020, 0, 1)), 5n);
    const list = await listKeys(db(), { principal: owner, input: { limit: 5 } });
    expect(list.data.map(({ spent_this_month_micros }) => spent_this_month_micros)).toEqual([0, 1_234_567]);
    const next = await rotateKey(db(), { principal: owner, input: { id: idOf(key), grace: "1h" } });
    expect(next).toMatchObject({ monthly_cap_micros: 9_000_000, spent_this_month_micros: 1_234_567 });
    expect(await getKey(db(), { principal: owner, input: { id: idOf(next) } })).toMatchObject({
      spent_this_month_micros: 1_234_567,
    });
  });
});

describe("a key that reads keys", () => {
  it("sees keys of its own environment; one of the other environment is like one that never existed", async () => {
    const owner = await member();
    const scopes = ["keys:read"];
    const [live, test] = [
      await create(owner, { scopes }),
      await create(owner, { scopes, environment: "test" }),
    ];
    const seen = async (secret: string) =>
      (await listKeys(db(), { principal: await use(secret), input: { limit: 100 } })).data.map(
        ({ id }) => id,
      );
    expect(await seen(live.secret)).toEqual([live.id]);
    expect(await seen(test.secret)).toEqual([test.id]);
    for (const [reader, foreign] of [
      [live, test],
      [test, live],
    ] as const) {
      const principal = await use(reader.secret);
      expect(await getKey(db(), { principal, input: { id: idOf(reader) } })).toMatchObject({ id: reader.id });
      const look = (id: string) =>
        getKey(db(), { principal, input: { id } }).catch((error: unknown) => error);
      expect(await look(idOf(foreign))).toMatchObject({ code: "not_found", status: 404 });
      expect(await look(idOf(foreign))).toEqual(await look(newId()));
    }
    const all = await listKeys(db(), { principal: owner, input: { limit: 100 } });
    expect(all.data.map(({ id }) => id)).toEqual([test.id, live.id]);
  });

  it("reads in the audit log what concerns its own environment", async () => {
    const owner = await member();
    const scopes = ["audit:read"];
    const [live, test] = [
      await create(owner, { scopes }),
      await create(owner, { scopes, environment: "test" }),
    ];
    const request = { type: "inference", id: newId() } as const;
    await db().$transaction((tx) =>
      recordAuditIn(
        tx,
        ...[live, test].map((key) => ({
          orgId: owner.orgId,
          actor: { type: "key" as const, id: idOf(key) },
          action: "data.result_read" as const,
          target: request,
        })),
        {
          orgId: owner.orgId,
          actor: { type: "user", id: owner.userId },
          action: "data.request_read",
          target: request,
        },
      ),
    );
    const entries = async (principal: Principal) =>
      (await listAudit(db(), { ...reachOf(principal), limit: 100, requests: true })).data
        .filter(({ target }) => target !== null)
        .map(({ action, actor, target }) => `${action} ${actor.id} ${target?.id}`);
    const inf = toPublicId("inf", request.id);
    const usr = toPublicId("usr", owner.userId);
    for (const key of [live, test]) {
      const own = await entries(await use(key.secret));
      expect(own).toContain(`data.result_read ${key.id} ${inf}`);
      expect(own).toContain(`key.created ${usr} ${key.id}`);
      expect(own.join()).not.toContain(key === live ? test.id : live.id);
      expect(own).not.toContain(`data.request_read ${usr} ${inf}`);
    }
    expect(await entries(owner)).toHaveLength((await entries(await use(live.secret))).length + 3);
  });
});

describe("another tenant", () => {
  it("sees, rotates and revokes nothing of this one", async () => {
    const [owner, stranger] = [await member(), await member()];
    const key = await create(owner);
    const id = idOf(key);
    const missing = { code: "not_found", status: 404 };
    expect((await listKeys(db(), { principal: stranger, input: { limit: 100 } })).data).toEqual([]);
    await expect(revokeKey(db(), { principal: stranger, input: { id } })).rejects.toMatchObject(missing);
    await expect(rotateKey(db(), { principal: stranger, input: { id, grace: "now" } })).rejects.toMatchObject(
      missing,
    );
    await create(owner);
    const { next_cursor } = await listKeys(db(), { principal: owner, input: { limit: 1 } });
    await expect(
      listKeys(db(), { principal: stranger, input: { limit: 100, cursor: next_cursor ?? "" } }),
    ).rejects.toMatchObject({ code: "invalid_cursor", param: "cursor" });
    expect(await use(key.secret)).toMatchObject({ orgId: owner.orgId });
  });

  it("revoking twice is the same as once", async () => {
    const owner = await member();
    const id = idOf(await create(owner));
    const first = await revokeKey(db(), { principal: owner, input: { id } });
    expect(await revokeKey(db(), { principal: owner, input: { id } }, after(HOUR))).toEqual(first);
  });
});
