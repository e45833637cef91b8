import { z } from "zod";
import {
  AppError,
  type Clock,
  type Db,
  environmentsIn,
  type Reach,
  systemClock,
  timeOfId,
  toPublicId,
} from "../../platform";
import { Prisma } from "../../platform/db/client";
import { andOwn } from "../../platform/db/rows/own-rows";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { readMoved } from "../archives/objects/manifest";
import { openEntries } from "../archives/objects/open-archive";
import { BATCH_OF_LEDGER_ROWS, batchStatement, signerOf, unpackLeaves } from "./batch";
import { ledgerText } from "./ledger-record";
import { inclusionPath, merkleRoot } from "./merkle";

const hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Everything that is needed to check a call's receipt without us: docs/audit.md has the steps. */
export const proofSchema = z.strictObject({
  id: z.string(),
  object: z.literal("generation.proof"),
  record: z.string().meta({
    description:
      "The ledger row, as a JSON array in text. Its leaf hash is SHA-256 over a zero byte and this text in UTF-8.",
  }),
  index: z.int().nonnegative().meta({ description: "The leaf's position in its batch." }),
  count: z.int().positive().meta({ description: "Leaves of the batch." }),
  path: z
    .array(hex)
    .meta({ description: "The neighbors from the leaf to the root (RFC 6962, SHA-256), in hexadecimal." }),
  root: hex,
  entry: z.strictObject({
    id: z.string().meta({ description: "The batch's entry in the audit log." }),
    sequence: z.int().positive(),
    hash: hex,
    created_at: z.iso.datetime(),
    signed: z.string().meta({ description: "What was signed when the batch was made." }),
    signature: z.string().meta({ description: "Ed25519, base64url." }),
  }),
  head: z.strictObject({
    sequence: z.int().positive().meta({ description: "Where the organization's chain ends now." }),
    hash: hex,
    signed: z.string().meta({ description: "Entry, root and head together, signed now." }),
    signature: z.string().meta({ description: "Ed25519, base64url." }),
  }),
  public_key: z.string().meta({
    description:
      "Ed25519, SPKI in base64. It changes only when we replace the key; what was signed before then comes with the key of then.",
  }),
});

export type LedgerProof = z.output<typeof proofSchema>;

interface BatchRow {
  id: string;
  created_at: Date;
  sequence: bigint;
  details: unknown;
  hash: Uint8Array;
  leaves: Uint8Array;
  head_sequence: bigint;
  head_hash: Uint8Array;
}

const detailsSchema = z.object({ signature: z.string() });

/**
 * The proof that a call's ledger row is in the organization's audit chain.
 * @throws AppError `not_found`, also while the call runs; `conflict` where no batch holds it yet: a second or two after its end.
 */
export async function proveLedgerRow(
  db: Db,
  {
    orgId,
    environment,
    own,
    requestId,
    store = evidenceStorage(),
  }: Reach & { requestId: string; store?: Pick<Storage, "get"> },
  clock: Clock = systemClock,
): Promise<LedgerProof> {
  const [row] = await db.$queryRaw<{ text: string; settled_at: Date }[]>`
    SELECT ${Prisma.raw(ledgerText)} AS text, u.settled_at FROM usage_ledger u
    WHERE u.request_id = ${requestId}::uuid AND u.created_at = ${timeOfId(requestId).toISOString()}::timestamptz
      AND u.org_id = ${orgId}::uuid AND u.environment::text = ANY(${[...environmentsIn(environment)]}::text[]) ${andOwn(own, "u")}`;
  if (row === undefined) throw new AppError("not_found", { public: "No such call.", param: "id" });
  const batch = await findBatch(db, { orgId, requestId, settledAt: row.settled_at, store });
  const leaves = unpackLeaves(batch.leaves) ?? [];
  const index = leaves.findIndex(({ id }) => id === requestId);
  const hashes = leaves.map(({ hash }) => hash);
  const root = toHex(merkleRoot(hashes));
  const { signature } = detailsSchema.parse(batch.details);
  const [entryHash, headHash] = [toHex(batch.hash), toHex(batch.head_hash)];
  const [sequence, headSequence] = [Number(batch.sequence), Number(batch.head_sequence)];
  const at = clock.now().toISOString();
  const signed = JSON.stringify([
    "agathaai-audit-proof-1",
    orgId,
    batch.id,
    sequence,
    entryHash,
    root,
    headSequence,
    headHash,
    at,
  ]);
  const entrySigned = batchStatement({
    id: batch.id,
    orgId,
    action: BATCH_OF_LEDGER_ROWS,
    count: leaves.length,
    root,
  });
  const { sign, publicKey } = signerOf(entrySigned, signature);
  return {
    id: toPublicId("inf", requestId),
    object: "generation.proof",
    record: row.text,
    index,
    count: leaves.length,
    path: inclusionPath(hashes, index).map(toHex),
    root,
    entry: {
      id: toPublicId("aud", batch.id),
      sequence,
      hash: entryHash,
      created_at: batch.created_at.toISOString(),
      signed: entrySigned,
      signature,
    },
    head: {
      sequence: headSequence,
      hash: headHash,
      signed,
      signature: Buffer.from(sign(signed)).toString("base64url"),
    },
    public_key: publicKey,
  };
}

async function findBatch(
  db: Db,
  {
    orgId,
    requestId,
    settledAt,
    store,
  }: { orgId: string; requestId: string; settledAt: Date; store: Pick<Storage, "get"> },
): Promise<BatchRow> {
  const id = Buffer.from(requestId.replaceAll("-", ""), "hex");
  // The clocks of the database and of the process that made the batch may differ a little.
  const since = new Date(settledAt.getTime() - 60_000);
  const from = since.toISOString();
  const [batch] = await db.$queryRaw<BatchRow[]>`
    SELECT a.id, a.created_at, a.sequence, a.details, a.hash, a.leaves, c.sequence AS head_sequence, c.hash AS head_hash
    FROM audit_logs a JOIN audit_chains c ON c.chain_id = a.org_id::text
    WHERE a.org_id = ${orgId}::uuid AND a.action = 'usage.recorded' AND a.created_at >= ${from}::timestamptz
      AND position(${id}::bytea IN a.leaves) % 48 = 1
    ORDER BY a.created_at LIMIT 1`;
  const found = batch ?? (await findArchivedBatch(db, { orgId, requestId, since, store }));
  if (found !== undefined) return found;
  throw new AppError("conflict", {
    public: "This call is not in the audit log yet, or is older than its batches. Try again in a moment.",
    param: "id",
    retryAfterSeconds: 2,
  });
}

/** A row is in a batch within seconds: the first objects from then on hold it. */
const OBJECTS_READ = 3;

async function findArchivedBatch(
  db: Db,
  {
    orgId,
    requestId,
    since,
    store,
  }: { orgId: string; requestId: string; since: Date; store: Pick<Storage, "get"> },
): Promise<BatchRow | undefined> {
  const moved = await readMoved(db, { chain: orgId, source: "audit_logs", from: since });
  for (const manifest of moved.slice(0, OBJECTS_READ)) {
    const entries = await openEntries(manifest, { store });
    const entry = entries.find(
      ({ action, leaves }) =>
        action === BATCH_OF_LEDGER_ROWS &&
        leaves !== null &&
        unpackLeaves(leaves)?.some(({ id }) => id === requestId),
    );
    if (entry === undefined) continue;
    const head = await db.auditChain.findUniqueOrThrow({ where: { chainId: orgId } });
    return {
      id: entry.id,
      created_at: entry.createdAt,
      sequence: entry.sequence,
      details: entry.details,
      hash: entry.hash,
      leaves: entry.leaves ?? new Uint8Array(),
      head_sequence: head.sequence,
      head_hash: head.hash,
    };
  }
  return undefined;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
