import { type AuditAction, actorOf, recordAuditIn } from "../audit";
import { type Clock, type Db, systemClock, type Tx, type UserPrincipal } from "../platform";
import { change, isEntitled, noStream } from "./manage-stream";
import type { PauseStreamInput, StreamView } from "./schemas";
import { viewOf } from "./stream-view";

/**
 * Pauses the stream, or has it go on where it stopped, at once. Nothing is skipped. A batch that is on its way may still arrive and is counted.
 * @throws AppError `insufficient_role`, `not_found`.
 */
export async function pauseStream(
  db: Db,
  { principal, input: { paused } }: { principal: UserPrincipal; input: PauseStreamInput },
  clock: Clock = systemClock,
): Promise<StreamView> {
  const { orgId } = principal;
  return await change(db, principal, async (tx) => {
    const now = clock.now();
    const { count } = await tx.auditStream.updateMany({
      where: { orgId, pausedAt: paused ? null : { not: null } },
      data: { pausedAt: paused ? now : null, ...(!paused && { nextAttemptAt: now }), updatedAt: now },
    });
    if (count > 0) await record(tx, principal, paused ? "audit.stream_paused" : "audit.stream_resumed");
    return await read(tx, orgId);
  });
}

/**
 * Writes an entry that says so, and has the stream try at once: it comes to the receiver as every other, behind those that wait.
 * @throws AppError `insufficient_role`, `not_found`.
 */
export async function testStream(
  db: Db,
  { principal }: { principal: UserPrincipal },
  clock: Clock = systemClock,
): Promise<StreamView> {
  const { orgId } = principal;
  return await change(db, principal, async (tx) => {
    // A batch that is on its way may then be sent twice, as after any failure.
    await tx.auditStream.updateMany({
      where: { orgId, failures: { gt: 0 } },
      data: { nextAttemptAt: clock.now() },
    });
    const row = await tx.auditStream.findUnique({ where: { orgId }, select: { orgId: true } });
    if (row === null) throw noStream();
    await record(tx, principal, "audit.stream_tested");
    return await read(tx, orgId);
  });
}

async function record(tx: Tx, principal: UserPrincipal, action: AuditAction): Promise<void> {
  const { orgId } = principal;
  await recordAuditIn(tx, {
    orgId,
    actor: actorOf(principal),
    action,
    target: { type: "organization", id: orgId },
  });
}

async function read(tx: Tx, orgId: string): Promise<StreamView> {
  const row = await tx.auditStream.findUnique({ where: { orgId } });
  if (row === null) throw noStream();
  return await viewOf(tx, row, { entitled: await isEntitled(tx, orgId) });
}
