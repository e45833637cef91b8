import { parseArgs } from "node:util";
import { listAuditChains, verifyAuditChain } from "../src/core/audit";
import { createDb } from "../src/core/platform/db";
import { fromPublicId, toPublicId } from "../src/core/platform/ids";
import { findInstallation } from "./local/running-installation";

/**
 * `npm run audit:verify [-- --org org_…]`: walks the audit chains and names the first bad row of each. It needs
 * DATABASE_URL and BLIND_INDEX_KEY, from the environment, from `.env`, or from a local installation that runs.
 * Exits with 1 when a chain is broken.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { org: { type: "string" } } });
  const wanted = values.org === undefined ? undefined : fromPublicId("org", values.org, "org");
  const { DATABASE_URL: url, BLIND_INDEX_KEY: key } = await findInstallation();
  if (url === undefined || key === undefined) throw new Error("Set DATABASE_URL and BLIND_INDEX_KEY.");
  const secret = Buffer.from(key, "base64");
  const db = createDb({ url, poolMax: 1 });
  try {
    const chains = wanted === undefined ? await listAuditChains(db) : [wanted];
    let broken = 0;
    for (const chain of chains) {
      const orgId = chain === "system" ? null : chain;
      const { rows, head, fault } = await verifyAuditChain(db, { orgId, secret });
      const name = orgId === null ? "system" : toPublicId("org", orgId);
      if (fault === undefined) {
        console.log(`ok      ${name}  ${rows} rows, head ${head.sequence} ${head.hash}`);
      } else {
        broken += 1;
        const row = fault.id === null ? "" : ` (${fault.id})`;
        console.log(`BROKEN  ${name}  ${fault.kind} at row ${fault.sequence}${row}: ${fault.message}`);
      }
    }
    console.log(`${chains.length} chains, ${broken} broken.`);
    return broken === 0 ? 0 : 1;
  } finally {
    await db.$disconnect();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
