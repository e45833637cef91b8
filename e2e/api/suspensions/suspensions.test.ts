import { reinstate, suspend } from "@agathaai/core/operators";
import { fromPublicId, newId, type Suspension } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { query } from "../../support/database";
import { type Caller, closedBy, openCaller } from "./warm-caller";

const stack = await useTestStack();
const operatorId = newId();
/** Five seconds are promised, of everything that a suspension stops, in every process; a busy machine answers late. */
const WITHIN_MS = 30_000;
let processes: TestProcesses;
let api: Api;

beforeAll(async () => {
  processes = await startTestProcesses({ server: true });
  api = await openApi(processes);
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const subjectOf: Record<Suspension["of"], (caller: Caller) => string> = {
  account: ({ person }) => person.email,
  organization: ({ person }) => person.orgId,
  key: ({ keyId }) => keyId,
};

async function expectOpen({ ways }: Caller): Promise<void> {
  for (const [way, call] of Object.entries(ways)) {
    const { status, text } = await call();
    expect([200, 202], `${way}: ${text}`).toContain(status);
  }
}

/** This process suspends, the server is another one: it has every credential warm in its caches. */
describe.each(["account", "organization", "key"] as const)("a suspended %s", (of) => {
  it("is refused on every way in by a process that had it cached, with the reason, and works again after", async () => {
    const [caller, other] = [await openCaller(api, stack), await openCaller(api, stack)];
    await expectOpen(caller);
    const subject = subjectOf[of](caller);

    await suspend(db(), { operatorId, input: { subject, reason: "Automated sign-ups" } });
    const closed = Object.entries(caller.ways).filter(([way]) => closedBy(of, way));
    // All at once from the moment on: none has the time of those before it.
    await Promise.all(closed.map(([, call]) => until(async () => (await call()).status === 403, WITHIN_MS)));
    for (const [way, call] of Object.entries(caller.ways)) {
      if (!closedBy(of, way)) {
        expect([200, 202], way).toContain((await call()).status);
        continue;
      }
      const refusal = await call();
      if (way === "directory") {
        expect(refusal.json.detail).toBe("This organization is suspended.");
        continue;
      }
      expect(refusal.json.error, way).toMatchObject({ code: "suspended", type: "permission_error" });
      expect(refusal.json.error?.message, way).toContain("support@agathaai.com");
      // A key of a suspended person says only that: why is between us and them.
      const told = of !== "account" || !way.startsWith("key");
      expect(refusal.json.error?.message.includes("Automated sign-ups"), way).toBe(told);
    }
    await expectOpen(other);

    await reinstate(db(), { operatorId, input: { subject, reason: "Reviewed" } });
    await Promise.all(
      closed.map(([, call]) => until(async () => [200, 202].includes((await call()).status), WITHIN_MS)),
    );
    await expectOpen(caller);
  }, 120_000);

  it("has its queued requests fail unbilled when their turn comes", async () => {
    const caller = await openCaller(api, stack);
    const accepted = await caller.ways["key that submits"]?.();
    const id = fromPublicId("inf", accepted?.json.id ?? "");
    const subject = subjectOf[of](caller);
    await suspend(db(), { operatorId, input: { subject, reason: "Automated sign-ups" } });
    const worker = await processes.addWorker();
    const end = () =>
      query(
        "SELECT status::text, error_code FROM inference_requests WHERE id = $1 AND completed_at IS NOT NULL",
        [id],
      );
    await until(async () => (await end()).length > 0);
    expect(await end()).toEqual([{ status: "failed", error_code: "suspended" }]);
    expect(stack.simulator.calls().by_nonce[caller.keyId]).toBeUndefined();
    const billed = await query("SELECT billable, cost_micros::int FROM usage_ledger WHERE request_id = $1", [
      id,
    ]);
    expect(billed).toEqual([{ billable: false, cost_micros: 0 }]);
    await worker.stop();
  }, 120_000);
});
