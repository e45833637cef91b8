import { parseArgs } from "node:util";
import { findInstallation } from "../local/process/running-installation";

/**
 * `npm run audit:verify [-- --org org_…]`: walks the audit chains, compares them with the heads stored outside the
 * database, and names the first bad row of each. It needs DATABASE_URL, DERIVATION_KEY (or the BLIND_INDEX_KEY that was never rotated), those before it in DERIVATION_KEY_PREVIOUS, and the bucket, from the
 * environment, `.env`, or a running local installation. Exits with 1 when something is wrong, and when there are no
 * heads to compare with unless `--without-heads` is given.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { org: { type: "string" }, "without-heads": { type: "boolean", default: false } },
  });
  const installation = await findInstallation();
  // The AWS SDK reads its credentials from the environment.
  Object.assign(process.env, installation);
  const { listAuditChains, readAllHeads, verifyAuditChain } = await import("../../src/core/audit");
  const { createDb } = await import("../../src/core/platform/db/client");
  const { createStorage } = await import("../../src/core/platform/storage");
  const { fromPublicId, toPublicId } = await import("../../src/core/platform");
  const {
    DATABASE_URL: url,
    BLIND_INDEX_KEY,
    DERIVATION_KEY,
    DERIVATION_KEY_PREVIOUS = "",
    AWS_REGION: region = "us-east-1",
    S3_ENDPOINT: endpoint,
    AUDIT_S3_BUCKET,
    S3_BUCKET,
  } = installation;
  const key = DERIVATION_KEY || BLIND_INDEX_KEY;
  const bucket = AUDIT_S3_BUCKET || S3_BUCKET;
  if (!url || !key) throw new Error("Set DATABASE_URL, and DERIVATION_KEY or BLIND_INDEX_KEY.");
  if (!bucket && !values["without-heads"]) throw new Error("Set S3_BUCKET, or add --without-heads.");
  const earlier = DERIVATION_KEY_PREVIOUS.split(",").filter((one) => one.trim() !== "");
  const secret = [key, ...earlier].map((one) => Buffer.from(one.trim(), "base64")) as [Buffer, ...Buffer[]];
  const wanted = values.org === undefined ? undefined : fromPublicId("org", values.org, "org");

  const storage = bucket ? createStorage({ region, endpoint: endpoint || undefined, bucket }) : undefined;
  const db = createDb({ url, poolMax: 1 });
  try {
    // Read before the chains, which only grow.
    const { documents: heads, foreign } =
      storage === undefined || values["without-heads"]
        ? { documents: [], foreign: [] }
        : await readAllHeads(storage, secret);
    for (const name of foreign) console.log(`BROKEN  ${name}: heads that were not written by us, or changed`);
    const chains = wanted === undefined ? await listAuditChains(db, heads) : [wanted];
    let broken = foreign.length;
    for (const chain of chains) {
      if (!CHAIN.test(chain)) {
        broken += 1;
        console.log(`BROKEN  ${JSON.stringify(chain)}: a chain that was not begun by us`);
        continue;
      }
      const orgId = chain === "system" ? null : chain;
      const { rows, archived, head, proofs, fault } = await verifyAuditChain(db, {
        orgId,
        secret,
        heads,
        archives: storage ?? noArchives,
      });
      const name = orgId === null ? "system" : toPublicId("org", orgId);
      if (fault === undefined) {
        console.log(
          `ok      ${name}  ${rows} rows${archived > 0 ? ` (${archived} in the archive)` : ""}, head ${head.sequence} ${head.hash}, ${proofs} heads outside agree`,
        );
      } else {
        broken += 1;
        const row = fault.id === null ? "" : ` (${fault.id})`;
        console.log(`BROKEN  ${name}  ${fault.kind} at row ${fault.sequence}${row}: ${fault.message}`);
      }
    }
    const last = heads.at(-1);
    console.log(`${chains.length} chains, ${broken} broken.`);
    if (last !== undefined) {
      console.log(
        `Compared with ${heads.length} documents of heads; the newest is of ${last.at.toISOString()}.`,
      );
    } else if (!values["without-heads"]) {
      console.log(
        "UNPROVEN: no heads were written off the database. Rows cut off at an end, or an older database, would not show.",
      );
      return 1;
    }
    return broken === 0 ? 0 : 1;
  } finally {
    await db.$disconnect();
    storage?.close();
  }
}

const noArchives = {
  get(): Promise<never> {
    return Promise.reject(new Error("Set S3_BUCKET: entries older than 400 days are there."));
  },
};

const CHAIN = /^(system|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
