import { type Clock, DAY, type Db, systemClock } from "../../platform";
import { constantTimeEqual } from "../../platform/crypto/hash";
import { createSigner } from "../../platform/crypto/signer";
import type { Storage } from "../../platform/storage";
import { archivedHeads } from "../archives/archived-heads";
import { SYSTEM_CHAIN } from "../record/chain-hash";
import { type ChainHead, type HeadsDocument, headsKey, renderHeads } from "./heads-document";
import { readPrunings } from "./pruning";
import { readNewestHeads } from "./read-heads";

/** As long as rows are kept. */
const LOCKED_FOR_MS = 7 * 366 * DAY;
const CHAINS_A_STATEMENT = 1_000;
/** Chains of any other name are not ours: `audit:verify` reports them, everything else ignores them. */
const CHAIN = /^(system|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export interface WrittenHeadsReport {
  key: string;
  heads: number;
  full: boolean;
  /** Whether the object is locked, so that not even the bucket's owner can delete it. */
  locked: boolean;
  /** Chains that lost a head written before: they were cut off, or an older database was restored. */
  broken: string[];
}

/**
 * Writes the signed heads of the audit chains to the object store: all of them once a day, those that moved in between.
 * A chain that lost a head written before is reported as broken, and its known head is never overwritten.
 */
export async function writeHeads(
  db: Db,
  storage: Pick<Storage, "list" | "get" | "put" | "locksObjects">,
  clock: Clock = systemClock,
): Promise<WrittenHeadsReport> {
  const now = clock.now();
  // Read before the chains, which only grow.
  const { documents } = await readNewestHeads(storage, now);
  const known = lastKnown(documents);
  const current = await readCurrent(db);
  const broken = await findBroken(db, known, current);
  const isBroken = new Set(broken);
  const full = !documents.some((document) => document.full && sameDay(document.at, now));
  // A full document repeats the last known head of a broken chain; without it the chain would look intact.
  const kept = broken.flatMap((chain) => known.get(chain) ?? []);
  const moved = [...current.values()].filter(
    (head) => !isBroken.has(head.chain) && (full || known.get(head.chain)?.sequence !== head.sequence),
  );
  const heads = full ? [...moved, ...kept] : moved;
  const locked = await storage.locksObjects();
  const key = headsKey(now);
  await storage.put(key, renderHeads({ at: now, full, heads }, createSigner("audit-heads")), {
    contentType: "application/json",
    lockedUntil: locked ? new Date(now.getTime() + LOCKED_FOR_MS) : undefined,
  });
  return { key, heads: heads.length, full, locked, broken };
}

/** The last known head of each chain. */
export function lastKnown(documents: readonly HeadsDocument[]): Map<string, ChainHead> {
  const known = new Map<string, ChainHead>();
  for (const { heads } of documents) {
    for (const head of heads) {
      if (head.sequence >= (known.get(head.chain)?.sequence ?? 0n)) known.set(head.chain, head);
    }
  }
  return known;
}

async function readCurrent(db: Db): Promise<Map<string, ChainHead>> {
  const rows = await db.auditChain.findMany({ where: { sequence: { gt: 0 } } });
  return new Map(
    rows
      .filter(({ chainId }) => CHAIN.test(chainId))
      .map(({ chainId: chain, sequence, hash }) => [
        chain,
        { chain, sequence, hash: Buffer.from(hash).toString("hex") },
      ]),
  );
}

/** Chains whose last known head no longer exists, or is a different row. */
async function findBroken(
  db: Db,
  known: ReadonlyMap<string, ChainHead>,
  current: ReadonlyMap<string, ChainHead>,
): Promise<string[]> {
  const broken: string[] = [];
  const toCheck: ChainHead[] = [];
  for (const head of known.values()) {
    const now = current.get(head.chain);
    if (now === undefined || now.sequence < head.sequence) broken.push(head.chain);
    else toCheck.push(head);
  }
  for (let at = 0; at < toCheck.length; at += CHAINS_A_STATEMENT) {
    broken.push(...(await findReplaced(db, toCheck.slice(at, at + CHAINS_A_STATEMENT))));
  }
  return broken;
}

async function findReplaced(db: Db, heads: readonly ChainHead[]): Promise<string[]> {
  const json = heads.map(({ chain, sequence, hash }) => ({ chain, sequence: sequence.toString(), hash }));
  const rows = await db.$queryRaw<{ chain: string }[]>`
    SELECT k.chain
    FROM json_to_recordset(${JSON.stringify(json)}::json) AS k(chain text, sequence bigint, hash text)
    WHERE NOT EXISTS (
      SELECT FROM audit_logs a
      WHERE a.org_id = CASE WHEN k.chain <> ${SYSTEM_CHAIN} THEN k.chain::uuid END
        AND a.sequence = k.sequence AND a.hash = decode(k.hash, 'hex')
    ) AND NOT EXISTS (
      SELECT FROM audit_logs a
      WHERE k.chain = ${SYSTEM_CHAIN} AND a.org_id IS NULL
        AND a.sequence = k.sequence AND a.hash = decode(k.hash, 'hex')
    )`;
  const signer = createSigner("audit-pruning");
  const replaced: string[] = [];
  const missing = new Set(rows.map(({ chain }) => chain));
  const archived = await archivedHeads(
    db,
    heads.filter(({ chain }) => missing.has(chain)),
  );
  for (const { chain } of rows) {
    if (archived.has(chain)) continue;
    const { last } = await readPrunings(db, chain, signer);
    const head = heads.find((one) => one.chain === chain);
    if (head === undefined || last === undefined || !coveredBy(head, last)) replaced.push(chain);
  }
  return replaced;
}

/** Whether retention dropped the row. Its hash can be compared only for the newest dropped row. */
function coveredBy(head: ChainHead, pruning: { upTo: bigint; lastHash: Uint8Array }): boolean {
  if (head.sequence < pruning.upTo) return true;
  return head.sequence === pruning.upTo && constantTimeEqual(pruning.lastHash, Buffer.from(head.hash, "hex"));
}

function sameDay(left: Date, right: Date): boolean {
  return left.toISOString().slice(0, 10) === right.toISOString().slice(0, 10);
}
