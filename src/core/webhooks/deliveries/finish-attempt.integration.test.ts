import { afterAll, expect, it } from "vitest";
import { rowsRead } from "../../../../infra/testing/rows-read";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { closeDb, db } from "../../platform/db/client";
import { claimFor, create, idOf, owner } from "../testing/endpoints";
import { deliveredSql } from "./finish-attempt";

await useTestStack();
afterAll(closeDb);

it("a success costs the same beside a backlog that the planner does not know of yet", async () => {
  const ada = await owner();
  const endpoint = idOf(await create(ada));
  await db().$executeRaw`
    INSERT INTO webhook_deliveries (id, endpoint_id, org_id, event_id, event, payload, next_attempt_at, created_at)
    SELECT uuidv7(), ${endpoint}::uuid, ${ada.orgId}::uuid, uuidv7(), 'key.created', '{}', now(), now() FROM generate_series(1, 20000)`;
  const claimed = await claimFor(ada);
  const ended = claimed.map(({ id, attempt }) => ({
    ...{ id, number: attempt, at: new Date(), duration_ms: 12, status: 200, response: "ok" },
  }));
  expect(ended.length).toBe(8);
  const read = await db()
    .$transaction(async (tx) => {
      throw await rowsRead(tx, deliveredSql(ended));
    })
    .catch((thrown: unknown) => thrown);
  expect(read).toBeLessThan(200);
});
