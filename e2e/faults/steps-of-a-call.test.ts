import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses, type TestProcesses } from "../../infra/testing/processes/start-test-processes";
import { until } from "../../infra/testing/until";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { type Script, startScriptedProvider } from "../support/provider/scripted-provider";
import { type Customer, openCustomer } from "./support/open-customer";
import { type Held, type PostgresGate, startPostgresGate } from "./support/postgres-gate";
import { auditStreams, type SeenStream, streamOne } from "./support/stream-many";

/**
 * A server dies at each step of a call of /v1. PostgreSQL's wire and the provider hold the call exactly there, so the server
 * itself knows of nothing.
 */

const stack = await useTestStack({ WORKER_RECOVER_INTERVAL_MS: "500" });
const provider = await startScriptedProvider();
let gate: PostgresGate;
let run: TestProcesses;
let sql: pg.Client;
let who: Customer;
let seen: SeenStream[] = [];

beforeAll(async () => {
  gate = await startPostgresGate(Number(new URL(stack.databaseUrl).port));
  const wire = new URL(stack.env.DATABASE_URL ?? "");
  wire.port = String(gate.port);
  run = await startTestProcesses({
    server: true,
    env: { DATABASE_URL: wire.href, ...provider.openAi },
  });
  // It closes what the dead leave behind, on a wire of its own.
  await startTestProcesses({ workers: 1 });
  sql = new pg.Client({ connectionString: stack.databaseUrl });
  await sql.connect();
});

afterAll(() => sql.end());

/** A customer whose next call finds a block of budget in this process, or finds none. */
async function customerOf(opening: "leased" | "direct"): Promise<void> {
  provider.play({});
  who = await openCustomer(run.url, sql);
  seen = [];
  if (opening === "direct") return;
  const before = gate.seen("open_leased_calls");
  await until(async () => {
    seen.push(await streamOne(run.url, who.key, "Hello"));
    return gate.seen("open_leased_calls") > before;
  });
}

/** Starts a call, and holds it where `script` or `hold` say. */
function call(script: Script, hold?: Parameters<PostgresGate["hold"]>) {
  provider.play(script);
  const held = hold && gate.hold(...hold);
  return { held, answer: streamOne(run.url, who.key, "Hello") };
}

async function die(answer: Promise<SeenStream>, held?: Held): Promise<SeenStream> {
  await run.server?.kill();
  held?.drop();
  const last = await answer;
  seen.push(last);
  await run.restartServer();
  return last;
}

const rows = async () =>
  (
    await sql.query<{ status: string; billable: boolean; cost: number; output: number }>(
      `SELECT status::text, billable, cost_micros::int AS cost, output_tokens::int AS output FROM usage_ledger
       WHERE org_id = $1 ORDER BY request_id DESC`,
      [who.orgId],
    )
  ).rows;

const openings = [
  ["leased", "open_leased_calls", "settle_usual_calls"],
  ["direct", "open_calls", "settle_calls"],
] as const;

describe.each(openings)(
  "a server that dies in a call whose budget is %s",
  (opening, statement, settlement) => {
    it("after its reservation, before the call is on record: nothing is billed, and what was reserved is back", async () => {
      await customerOf(opening);
      const before = (await rows()).length;
      const { held, answer } = call({}, [statement, "before"]);
      await held?.reached;
      const last = await die(answer, held);
      expect(["unanswered", "cut"]).toContain(last.ended);
      expect(last.id).toBeUndefined();
      await auditStreams(sql, who, seen);
      expect((await rows()).length).toBe(before);
    });

    it("on record, before anybody knows of it: the client saw nothing, the row says failed and costs nothing", async () => {
      await customerOf(opening);
      const before = (await rows()).length;
      const { held, answer } = call({}, [statement, "after"]);
      await held?.reached;
      const last = await die(answer, held);
      expect(last.id).toBeUndefined();
      await auditStreams(sql, who, seen);
      const after = await rows();
      expect(after.length).toBe(before + 1);
      expect(after[0]).toMatchObject({ status: "failed", billable: false, cost: 0 });
    });

    it("after the provider's first content, which its client has seen: the row says failed and costs nothing", async () => {
      await customerOf(opening);
      const { answer } = call({ pieces: 3, silentBefore: "content" });
      await until(() => Promise.resolve((provider.calls[0]?.sent ?? 0) === 3));
      await sleep(300);
      const last = await die(answer);
      expect(last.ended).toBe("cut");
      expect(last.id).toBeDefined();
      await auditStreams(sql, who, seen);
      expect((await rows())[0]).toMatchObject({ status: "failed", billable: false, cost: 0 });
    });

    it("before the settlement reaches the database: no client saw the end, and the row says failed", async () => {
      await customerOf(opening);
      const { held, answer } = call({}, [settlement, "before"]);
      await held?.reached;
      const last = await die(answer, held);
      expect(last.ended).toBe("cut");
      await auditStreams(sql, who, seen);
      expect((await rows())[0]).toMatchObject({ status: "failed", billable: false, cost: 0 });
    });

    it("behind the settlement's commit, before the last byte: the row is the provider's count, once", async () => {
      await customerOf(opening);
      const before = (await rows()).length;
      const { held, answer } = call({}, [settlement, "after"]);
      await held?.reached;
      const last = await die(answer, held);
      expect(last.ended).toBe("cut");
      await auditStreams(sql, who, seen);
      const after = await rows();
      expect(after.length).toBe(before + 1);
      expect(after[0]).toMatchObject({ status: "completed", billable: true, output: 7 });
    });
  },
);

it("a provider is asked beside the opening only where a leased block covers the call, and no byte goes out before it", async () => {
  for (const [opening, statement] of openings) {
    await customerOf(opening);
    const { held, answer } = call({}, [statement, "before"]);
    await held?.reached;
    await sleep(500);
    expect(provider.calls.length, opening).toBe(opening === "leased" ? 1 : 0);
    await expect(Promise.race([answer, sleep(1, "nothing yet")])).resolves.toBe("nothing yet");
    held?.release();
    const last = await answer;
    expect(last.ended).toBe("whole");
    expect(provider.calls.length).toBe(1);
    await auditStreams(sql, who, [...seen, last]);
  }
});
