import { describe, expect, it } from "vitest";
import type { Key } from "./key";
import { draftOfKey, emptyKeyDraft, type KeyDraft, keyDraftSchema } from "./key-draft";
import { toCreateKeyInput, toUpdateKeyInput } from "./key-input";

const now = new Date("2026-11-23T12:00:00.000Z");
const problemsIn = (draft: KeyDraft, before?: KeyDraft) =>
  Object.fromEntries(
    keyDraftSchema(() => now, before)
      .safeParse(draft)
      .error?.issues.map(({ path, message }) => [path[0], message]) ?? [],
  );
const named = { ...emptyKeyDraft, name: "a" };

describe("a key's draft", () => {
  it("leaves out what was left empty, so that the server's defaults hold", () => {
    expect(toCreateKeyInput({ ...emptyKeyDraft, name: " Web " }, now)).toEqual({
      name: "Web",
      environment: "test",
    });
  });

  it("takes addresses by line, space or comma", () => {
    const draft = { ...named, ipAllowlist: "10.0.0.0/8, 192.0.2.7\n2001:db8::/32 " };
    expect(toCreateKeyInput(draft, now).ip_allowlist).toEqual(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);
  });

  it("counts a lifetime from now, and a last day to its end", () => {
    expect(toCreateKeyInput({ ...named, lifetime: "30" }, now).expires_at).toBe("2026-12-23T12:00:00.000Z");
    const dated = { ...named, lifetime: "date" as const, lastDay: "2027-01-31" };
    expect(toCreateKeyInput(dated, now).expires_at).toBe(new Date(2027, 1, 1).toISOString());
  });

  it("turns a cap into micro-dollars, and presets into scopes", () => {
    expect(toCreateKeyInput({ ...named, cap: "$12.50" }, now).monthly_cap_micros).toBe(12_500_000);
    expect(toCreateKeyInput({ ...named, access: "read" }, now).scopes).toEqual([
      "inference:read",
      "history:read",
      "usage:read",
      "models:read",
    ]);
    const restricted = { ...named, access: "restricted" as const, scopes: ["models:read" as const] };
    expect(toCreateKeyInput(restricted, now).scopes).toEqual(["models:read"]);
  });

  it("names every wrong field, and of addresses every wrong line", () => {
    const wrong = {
      ...emptyKeyDraft,
      access: "restricted" as const,
      scopes: [],
      lifetime: "date" as const,
      lastDay: "2026-11-01",
      rpmLimit: "1.5",
      cap: "0.001",
      ipAllowlist: "10.0.0.1\n300.1.1.1\nlocalhost, 10.0.0.0/33",
    };
    const errors = problemsIn(wrong);
    expect(Object.keys(errors).toSorted()).toEqual(
      ["cap", "ipAllowlist", "lastDay", "name", "rpmLimit", "scopes"].toSorted(),
    );
    expect(errors.ipAllowlist?.split("\n")).toEqual([
      "Line 2: 300.1.1.1 isn’t an IP address or CIDR range.",
      "Line 3: localhost isn’t an IP address or CIDR range.",
      "Line 3: 10.0.0.0/33 isn’t an IP address or CIDR range.",
    ]);
    expect(problemsIn(named)).toEqual({});
  });
});

describe("the form of an existing key", () => {
  const key: Key = {
    id: "key_01m844dwt2e7xshsqpzrgk79p6",
    name: "CI",
    environment: "live",
    status: "active",
    prefix: "agt_live_4fQz",
    last_four: "9sXe",
    scopes: ["models:read"],
    models: ["gpt-4o"],
    ip_allowlist: ["203.0.113.7/32", "10.0.0.0/8"],
    rpm_limit: 60,
    cache_ttl_seconds: null,
    monthly_cap_micros: 12_500_000,
    spent_this_month_micros: 0,
    created_by: null,
    created_at: now.toISOString(),
    expires_at: "2027-01-01T00:00:00.000Z",
    last_used_at: null,
    grace_ends_at: null,
    revoked_at: null,
    suspension_reason: null,
    predecessor_id: null,
    successor_id: null,
    service_account_id: null,
  };

  it("sends nothing that was not changed", () => {
    expect(toUpdateKeyInput(draftOfKey(key), key, now)).toEqual({ id: key.id });
  });

  it("turns the response cache on, to another time, and off again", () => {
    const change = (cacheSeconds: string, before: number | null) => {
      const known = { ...key, cache_ttl_seconds: before };
      return toUpdateKeyInput({ ...draftOfKey(known), cacheSeconds }, known, now).cache_ttl_seconds;
    };
    expect(change("3600", null)).toBe(3_600);
    expect(change("86400", 3_600)).toBe(86_400);
    expect(change("", 3_600)).toBeNull();
    expect(change("3600", 3_600)).toBeUndefined();
    expect(toCreateKeyInput({ ...named, cacheSeconds: "300" }, now).cache_ttl_seconds).toBe(300);
  });

  it("leaves a cap alone that is more precise than the field, unless it is changed", () => {
    const before = draftOfKey({ ...key, monthly_cap_micros: 1 });
    expect(problemsIn(before, before)).toEqual({});
    expect(problemsIn({ ...before, cap: "0.001" }, before)).toHaveProperty("cap");
  });

  it("removes the limits that were emptied", () => {
    const draft = {
      ...draftOfKey(key),
      models: [],
      rpmLimit: "",
      cap: "",
      ipAllowlist: " ",
      lifetime: "never" as const,
    };
    expect(toUpdateKeyInput(draft, key, now)).toEqual({
      id: key.id,
      models: [],
      rpm_limit: null,
      monthly_cap_micros: null,
      ip_allowlist: [],
      expires_at: null,
    });
  });
});
