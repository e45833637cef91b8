import { afterAll, beforeAll, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { openWalled } from "../../../../infra/testing/walled-organizations";
import { DAY } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { closeDb, db } from "../../platform/db/client";
import { readUsageCells } from "./read-usage-cells";
import { refreshUsageStatistics } from "./refresh-usage-statistics";
import { mergedSql, usageSources } from "./usage-sql";

await useTestStack();
let orgs: string[];

beforeAll(async () => {
  orgs = [await openWalled(), await openWalled()];
  await refreshUsageStatistics(db());
});
afterAll(closeDb);

const ask = (orgId: string) => ({
  orgId,
  environment: "live" as const,
  interval: "day" as const,
  from: new Date(Date.now() - 400 * DAY),
  to: new Date(Date.now() + DAY),
});

test("a chart that asks for another organization's figures gets none, of any source", async () => {
  const [orgId = "", other = ""] = orgs;
  expect(await readUsageCells(db(), ask(orgId))).toHaveLength(1);
  // The boundary at any place: views, history and the ledger's tail each answer once.
  for (const boundary of [new Date(0), new Date(Date.now() + 30 * DAY)]) {
    for (const interval of ["day", "hour"] as const) {
      const sources = usageSources({ ...ask(other), interval }, { boundary, historyXid: 0n, recentXid: 0n });
      const [row] = await asOrganization(db(), orgId, (tx) =>
        tx.$queryRaw<{ cells: string }[]>(mergedSql(sources)),
      );
      expect(row?.cells).toBe("[]");
    }
  }
});
