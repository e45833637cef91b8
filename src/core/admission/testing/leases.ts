import { expect } from "vitest";
import { until } from "../../../../infra/testing/until";
import type { KeyPrincipal } from "../../platform";
import type { Admission } from "../admission";
import { callOf } from "./calls";
import { complete, db, many } from "./three-processes";

/** Calls that make a process busy enough to ask for a lease: ten, each of which takes five tokens and fifty micro-dollars. */
export const WARM = { calls: 10, tokens: 50, micros: 500 };

/** Makes each of these processes hold a lease of the caller's. */
export async function warmUp(processes: readonly Admission[], caller: KeyPrincipal): Promise<void> {
  for (const process of processes) {
    const before = await leasesOf(caller);
    const calls = await Promise.all(
      many(WARM.calls, () => callOf(caller, { tokens: 10, micros: 100 })).map((call) => process.admit(call)),
    );
    await Promise.all(calls.map(({ opened }) => opened));
    await Promise.all(
      calls.map((call) => complete(call, WARM.tokens / WARM.calls, WARM.micros / WARM.calls)),
    );
    await until(async () => {
      if ((await leasesOf(caller)) > before) return true;
      // On a machine that is short of time these were too far apart: more calls, which take nothing.
      const more = await Promise.all(
        many(WARM.calls, () => callOf(caller, { tokens: 10, micros: 100 })).map((call) =>
          process.admit(call),
        ),
      );
      await Promise.all(more.map((call) => call.settle({ status: "cancelled" })));
      return false;
    }, 10_000);
  }
  expect(await leasesOf(caller)).toBe(processes.length);
}

export function leasesOf({ orgId }: KeyPrincipal): Promise<number> {
  return db.budgetLease.count({ where: { orgId } });
}

/** Everything that is held or used of an organization's tokens, as its limit counts it. */
export async function takenOf({ orgId }: KeyPrincipal): Promise<number> {
  const rows = await db.quotaCounter.findMany({ where: { orgId } });
  return rows.reduce((sum, row) => sum + Number(row.usedTokens + row.reservedTokens), 0);
}
