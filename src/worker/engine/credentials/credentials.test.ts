import { describe, expect, it } from "vitest";
import { ProviderFailure } from "../failures/errors";
import { Credentials } from "./credentials";

const none = new Set<never>();

function keysAt(...keys: string[]) {
  const clock = { now: 1_000 };
  const credentials = new Credentials(keys, () => clock.now);
  const next = (model = "m") => credentials.next(model, none);
  const fail = (kind: "auth" | "rate_limited", model = "m", retryAfterMs?: number) => {
    const credential = next(model);
    if (credential)
      credentials.report(credential, model, new ProviderFailure(kind, { provider: "openai", retryAfterMs }));
    return credential?.key;
  };
  return { credentials, clock, next, fail };
}

describe("several keys of one provider", () => {
  it("are used in turn", () => {
    const { next } = keysAt("a", "b", "c");
    expect([next()?.key, next()?.key, next()?.key, next()?.key]).toEqual(["a", "b", "c", "a"]);
  });

  it("leave out a refused key for a minute and for every model", () => {
    const { next, fail, clock } = keysAt("a", "b");
    expect(fail("auth")).toBe("a");
    expect([next()?.key, next("other")?.key, next()?.key]).toEqual(["b", "b", "b"]);
    clock.now += 60_000;
    expect(new Set([next()?.key, next()?.key])).toEqual(new Set(["a", "b"]));
  });

  it("leave out one that is limited, for that model and for as long as the provider says", () => {
    const { next, fail, clock } = keysAt("a", "b");
    expect(fail("rate_limited", "m", 7_000)).toBe("a");
    expect([next()?.key, next()?.key]).toEqual(["b", "b"]);
    expect(new Set([next("other")?.key, next("other")?.key])).toEqual(new Set(["a", "b"]));
    clock.now += 7_000;
    expect(new Set([next()?.key, next()?.key])).toEqual(new Set(["a", "b"]));
  });

  it("are all used again when all of them rest, the one that is due first", () => {
    const { next, fail } = keysAt("a", "b");
    fail("rate_limited", "m", 9_000);
    fail("rate_limited", "m", 2_000);
    expect(next()?.key).toBe("b");
  });

  it("do not exist where none is configured", () => {
    expect(keysAt().next()).toBeUndefined();
  });
});
