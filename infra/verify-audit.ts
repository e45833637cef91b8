import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { listAuditChains, verifyAuditChain } from "../src/core/audit";
import { createDb } from "../src/core/platform/db";
import { fromPublicId, toPublicId } from "../src/core/platform/ids";
import { ROOT } from "./build";
import { loadSecrets } from "./local/secrets";
import { readEnvironment } from "./local/stack";

/**
 * `npm run audit:verify [-- --org org_…]`: walks the audit chains and names the first bad row of each. It needs
 * DATABASE_URL and BLIND_INDEX_KEY, from the environment, from `.env`, or from a local installation that runs.
 * Exits with 1 when a chain is broken.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { org: { type: "string" } } });
  const wanted = values.org === undefined ? undefined : fromPublicId("org", values.org, "org");
  const { url, secret } = findInstallation();
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

function findInstallation(): { url: string; secret: Buffer } {
  const env = readEnvironment(join(ROOT, ".env"));
  const local = readLocal(resolve(ROOT, env.AGATHA_DATA_DIR ?? ".agatha"));
  const url = env.DATABASE_URL ?? local?.url;
  const key = env.BLIND_INDEX_KEY ?? local?.key;
  if (url === undefined || key === undefined) {
    throw new Error("Set DATABASE_URL and BLIND_INDEX_KEY, or start the local installation first.");
  }
  return { url, secret: Buffer.from(key, "base64") };
}

function readLocal(dataDir: string): { url: string; key: string } | undefined {
  const [secretsFile, portsFile] = [join(dataDir, "secrets.json"), join(dataDir, "ports.json")];
  if (!existsSync(secretsFile) || !existsSync(portsFile)) return undefined;
  const { postgres } = z.object({ postgres: z.number() }).parse(JSON.parse(readFileSync(portsFile, "utf8")));
  const { databasePassword, blindIndexKey } = loadSecrets(secretsFile);
  const password = encodeURIComponent(databasePassword);
  return { url: `postgresql://agathaai:${password}@127.0.0.1:${postgres}/agathaai`, key: blindIndexKey };
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
