import type { Db } from "../../platform";
import { createSigner } from "../../platform/crypto/signer";
import { Prisma } from "../../platform/db/client";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { canonicalPruning } from "../heads/pruning";
import { recordAuditIn } from "../record/append-entries";
import { objectOf } from "./objects/archive-object";
import { isOurs, type Manifest, manifestColumns } from "./objects/manifest";
import { ArchiveFault } from "./objects/open-archive";

const AT_ONCE = 500;

/**
 * Ends the time of weeks that are seven years old, but of chains that are held: notes how far the chain is pruned, deletes the objects, then the
 * notes of them, so that what is interrupted is tried again. Returns how many objects.
 * @throws ArchiveFault.
 */
export async function expireAuditArchives(
  db: Db,
  { store = evidenceStorage(), signal }: { store?: Pick<Storage, "delete">; signal?: AbortSignal } = {},
): Promise<number> {
  let expired = 0;
  while (!signal?.aborted) {
    // A chain's week as a whole: a part of it is no border that a pruning could name.
    const [week] = await db.$queryRaw<Pick<Manifest, "chainId" | "partition">[]>`
      SELECT a.chain_id AS "chainId", a.partition FROM audit_archives a
      WHERE a.id IN (SELECT audit_expired_archives(now())) ORDER BY a.partition, a.chain_id LIMIT 1`;
    if (week === undefined) break;
    expired += await expireWeek(db, week, store);
  }
  if (expired > 0)
    await db.$transaction((tx) =>
      recordAuditIn(tx, {
        orgId: null,
        actor: { type: "system", id: null },
        action: "data.audit_archives_expired",
        details: { objects: expired },
      }),
    );
  return expired;
}

async function expireWeek(
  db: Db,
  { chainId, partition }: Pick<Manifest, "chainId" | "partition">,
  store: Pick<Storage, "delete">,
): Promise<number> {
  const manifests = await db.$queryRaw<Manifest[]>`
    SELECT ${manifestColumns} FROM audit_archives a
    WHERE a.chain_id = ${chainId} AND a.partition = ${partition} ORDER BY a.part`;
  const signer = createSigner("audit-archive");
  const foreign = manifests.find((manifest) => !isOurs(manifest, signer));
  // What it says would be signed anew with the pruning.
  if (foreign !== undefined)
    throw new ArchiveFault(foreign, "the note of it was not signed by us, or was changed");
  const last = manifests.at(-1);
  if (last?.source === "audit_logs") await notePruning(db, last);
  for (const manifest of manifests) await store.delete(objectOf(manifest));
  for (let at = 0; at < manifests.length; at += AT_ONCE) {
    const ids = manifests.slice(at, at + AT_ONCE).map(({ id }) => id);
    await db.$executeRaw`DELETE FROM audit_archives WHERE id IN (${Prisma.join(ids.map((id) => Prisma.sql`${id}::uuid`))})`;
  }
  return manifests.length;
}

/** As `recordPruning` does where a week is dropped: the next row continues this one. */
async function notePruning(
  db: Db,
  { chainId, partition, lastSequence, lastHash, remaining }: Manifest,
): Promise<void> {
  const pruning = {
    chain: chainId,
    upTo: lastSequence,
    lastHash,
    remaining,
    partition,
    prunedAt: new Date(),
  };
  const { chain: _, ...columns } = pruning;
  await db.auditPruning.createMany({
    data: [{ chainId, ...columns, signature: createSigner("audit-pruning").sign(canonicalPruning(pruning)) }],
    skipDuplicates: true,
  });
}
