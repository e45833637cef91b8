import { closeDb, db } from "@agathaai/core/platform/db/client";
import pg from "pg";
import { afterAll, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { toAppError } from "./to-app-error";

const { databaseUrl } = await useTestStack();
afterAll(closeDb);

/** As a restart of PostgreSQL does it. */
async function terminate(pid: number): Promise<void> {
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  await owner.query("SELECT pg_terminate_backend($1, 10000)", [pid]);
  await owner.end();
}

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => "answered",
    (error: unknown) => error,
  );

it("each statement of a transaction whose connection was cut says that the database is away, and the next call is answered", async () => {
  const failures: unknown[] = [];
  const failed = await failureOf(
    db().$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      if (row === undefined) throw new Error("no process");
      await terminate(row.pid);
      failures.push(await failureOf(tx.$queryRaw`SELECT 1`));
      failures.push(await failureOf(tx.user.count()));
      throw failures[1];
    }),
  );
  failures.push(failed);
  expect(failures.map((failure) => toAppError(failure).code)).toEqual([
    "service_unavailable",
    "service_unavailable",
    "service_unavailable",
  ]);
  await expect(db().$queryRaw`SELECT 1 AS one`).resolves.toEqual([{ one: 1 }]);
});
