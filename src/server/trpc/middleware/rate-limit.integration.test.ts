import { scopeSetOfRole } from "@agathaai/core/orgs";
import { newId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { queue } from "@agathaai/core/platform/queue/queue";
import { describe, expect, it } from "vitest";
import { openAccount } from "../../../../infra/testing/open-account";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { toAppError } from "../../errors/to-app-error";
import { appRouter } from "../root";

await useTestStack();

function personOf(orgId: string): UserPrincipal {
  return {
    kind: "session",
    userId: newId(),
    sessionId: newId(),
    orgId,
    role: "owner",
    scopes: scopeSetOfRole("owner"),
    plan: "plus",
    requestsPerMinute: 500,
    environment: "live",
    emailVerified: true,
    operator: false,
  };
}

const openOrg = async () => (await openAccount(db(), queue())).orgId;

function portalOf(principal: UserPrincipal) {
  return appRouter.createCaller({
    principal,
    requestId: "req_test",
    ip: "203.0.113.7",
    userAgent: undefined,
    idempotencyKey: undefined,
    waitSeconds: undefined,
    fallback: true,
    signal: new AbortController().signal,
    db: db(),
    queue: queue(),
    responseHeaders: new Headers(),
  });
}

/** The codes that so many calls at the same time end with, counted. */
async function outcomes(calls: number, call: () => Promise<unknown>): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  const ends = Array.from({ length: calls }, () =>
    call().then(
      () => "ok",
      (error: unknown) => toAppError(error).code,
    ),
  );
  for (const end of await Promise.all(ends)) counted[end] = (counted[end] ?? 0) + 1;
  return counted;
}

// More calls than fit, and room for what the sliding window gives back should a minute end meanwhile.
describe("a person in the portal", () => {
  it("has 600 calls a minute; a colleague's are counted apart", async () => {
    const orgId = await openOrg();
    const [ada, bob] = [portalOf(personOf(orgId)), portalOf(personOf(orgId))];
    const { ok = 0, rate_limit_exceeded: refused = 0 } = await outcomes(800, () => ada.billing.get());
    expect(ok + refused).toBe(800);
    expect(ok).toBeGreaterThanOrEqual(600);
    expect(refused).toBeGreaterThan(0);
    expect(await outcomes(5, () => bob.billing.get())).toEqual({ ok: 5 });
  });

  it("has 90 calls a minute that ask Stripe, all members of the organization together", async () => {
    const orgId = await openOrg();
    const [ada, bob] = [portalOf(personOf(orgId)), portalOf(personOf(orgId))];
    // This installation has no Stripe key, so calls that pass the limit get `service_unavailable`.
    expect(await outcomes(60, () => ada.billing.invoices({}))).toEqual({ service_unavailable: 60 });
    const bobs = await outcomes(60, () => bob.billing.portal());
    expect(bobs.service_unavailable).toBeGreaterThanOrEqual(30);
    expect(bobs.rate_limit_exceeded).toBeGreaterThan(0);
    expect(await outcomes(5, () => ada.billing.get())).toEqual({ ok: 5 });
    const elsewhere = portalOf(personOf(await openOrg()));
    expect(await outcomes(1, () => elsewhere.billing.portal())).toEqual({ service_unavailable: 1 });
  });
});
