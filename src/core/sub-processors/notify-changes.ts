import { changesToAnnounce, type SubProcessorChange, subProcessors } from "../../shared/legal/sub-processors";
import { getUserEmail } from "../accounts";
import { type Clock, type Db, systemClock } from "../platform";
import { sendEmail } from "../platform/mail/send-email";
import { log } from "../platform/observability/log";
import { subProcessorChangeEmail } from "./sub-processor-email";

/** In one run; the next one sends the rest. */
const MOST = 500;

/**
 * Emails each subscriber each change that is due, once. It is noted before it is sent, so that of several processes one sends it, and
 * the note is taken back where it could not be sent. Returns the number of emails.
 */
export async function notifySubProcessorChanges(
  db: Db,
  { table = subProcessors, clock = systemClock, signal }: NotifyOptions = {},
): Promise<number> {
  let sent = 0;
  for (const change of changesToAnnounce(clock.now(), table)) {
    const due = await db.subProcessorNotice.findMany({
      where: { NOT: { told: { has: change.id } } },
      select: { orgId: true, userId: true },
      take: MOST,
    });
    for (const subscriber of due) {
      if (signal?.aborted) return sent;
      if (await tell(db, subscriber, change)) sent++;
    }
  }
  return sent;
}

interface NotifyOptions {
  table?: typeof subProcessors;
  clock?: Clock;
  signal?: AbortSignal;
}

async function tell(
  db: Db,
  { orgId, userId }: { orgId: string; userId: string },
  change: SubProcessorChange,
): Promise<boolean> {
  const claimed = await db.$executeRaw`
    UPDATE sub_processor_notices SET told = array_append(told, ${change.id})
    WHERE org_id = ${orgId}::uuid AND user_id = ${userId}::uuid AND NOT ${change.id} = ANY (told)`;
  if (claimed === 0) return false;
  try {
    const to = await getUserEmail(db, userId);
    if (to === undefined) return false;
    await sendEmail({ to, ...subProcessorChangeEmail(change) });
    return true;
  } catch (error) {
    log().error({ err: error }, "a change of sub-processors could not be emailed yet");
    await db.$executeRaw`
      UPDATE sub_processor_notices SET told = array_remove(told, ${change.id})
      WHERE org_id = ${orgId}::uuid AND user_id = ${userId}::uuid`;
    return false;
  }
}
