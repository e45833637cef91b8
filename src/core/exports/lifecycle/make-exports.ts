import { randomFillSync } from "node:crypto";
import { recordAuditIn } from "../../audit";
import { type Clock, DAY, type Db, MINUTE, systemClock, toPublicId } from "../../platform";
import { encryptStream } from "../../platform/crypto/stream";
import { log } from "../../platform/observability/log";
import { type Storage, storage } from "../../platform/storage";
import { encryptText } from "../../privacy";
import { emitEvents } from "../../webhooks";
import { type ExportSubject, writeArchive } from "../archive/write-archive";
import { EXPORT_DAYS } from "../schemas";
import { type ClaimedExport, claimExport, keepClaim, returnClaim } from "./claim-export";
import { fileKeyField, fileOf, filePurpose } from "./export-rows";

export interface MakeOptions {
  store?: Pick<Storage, "putStream" | "delete">;
  signal?: AbortSignal;
  clock?: Clock;
}

/** After three failed tries a file is given up, because the next would fail as well. */
const MAX_ATTEMPTS = 3;

/** Makes the files of pending exports, one after the other. Returns how many were finished. */
export async function makeExports(
  db: Db,
  { store = storage(), signal = new AbortController().signal, clock = systemClock }: MakeOptions = {},
): Promise<number> {
  let made = 0;
  while (!signal.aborted) {
    const claimed = await claimExport(db, clock);
    if (claimed === undefined) break;
    if (await makeOne(db, claimed, { store, signal, clock })) made += 1;
  }
  return made;
}

/** False when it failed, or another process has it by now. */
async function makeOne(
  db: Db,
  claimed: ClaimedExport,
  { store, signal, clock }: Required<MakeOptions>,
): Promise<boolean> {
  const claim = keepClaim(db, claimed, signal);
  const { id, subject } = claimed;
  try {
    const key = randomFillSync(new Uint8Array(32));
    const keyCipher = await encryptText(db, subject, fileKeyField(id), Buffer.from(key).toString("base64"));
    const archive = writeArchive(db, { subject, signal: claim.signal }, clock);
    const bytes = await store.putStream(fileOf(subject, id), encryptStream(key, archive, filePurpose(id)), {
      contentType: "application/octet-stream",
      signal: claim.signal,
    });
    key.fill(0);
    return await finish(db, claimed, { keyCipher, bytes }, clock);
  } catch (error) {
    if (signal.aborted) await returnClaim(db, claimed, clock.now(), { counted: false });
    else if (!claim.signal.aborted) await fail(db, claimed, error, clock);
    return false;
  } finally {
    claim.release();
  }
}

async function finish(
  db: Db,
  { id, attempts, subject, orgId }: ClaimedExport,
  { keyCipher, bytes }: { keyCipher: Uint8Array<ArrayBuffer>; bytes: number },
  clock: Clock,
): Promise<boolean> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + EXPORT_DAYS * DAY);
  return await db.$transaction(async (tx) => {
    const { count } = await tx.dataExport.updateMany({
      where: { id, attempts, status: "running" },
      data: { status: "ready", heldUntil: null, keyCipher, bytes, finishedAt: now, expiresAt },
    });
    if (count === 0) return false;
    if (subject.type === "org") {
      await emitEvents(tx, [
        {
          orgId: subject.id,
          type: "export.ready",
          data: { id: toPublicId("exp", id), bytes, expires_at: expiresAt.toISOString() },
        },
      ]);
    }
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "system", id: null },
      action: "data.exported",
      target: targetOf(subject),
      details: { export: toPublicId("exp", id), bytes },
    });
    return true;
  });
}

async function fail(db: Db, claimed: ClaimedExport, error: unknown, clock: Clock): Promise<void> {
  const { id, attempts } = claimed;

  log().error({ export: id, attempts, err: error }, "an export could not be made");
  const now = clock.now();
  if (attempts < MAX_ATTEMPTS) {
    await returnClaim(db, claimed, new Date(now.getTime() + attempts * 5 * MINUTE), { counted: true });
    return;
  }
  await db.dataExport.updateMany({
    where: { id, attempts, status: "running" },
    data: { status: "failed", heldUntil: null, finishedAt: now },
  });
}

function targetOf(subject: ExportSubject) {
  return { type: subject.type === "user" ? ("user" as const) : ("organization" as const), id: subject.id };
}
