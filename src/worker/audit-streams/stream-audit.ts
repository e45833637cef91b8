import { setTimeout as sleep } from "node:timers/promises";
import { type ClaimedStream, claimStreams, finishBatch } from "@agathaai/core/audit-streams";
import { type Db, SECOND, stableId, toPublicId } from "@agathaai/core/platform";
import { env } from "@agathaai/core/platform/env";
import { PrivateTargetError, publicConnections } from "@agathaai/core/platform/network/public-connections";
import type { Log } from "@agathaai/core/platform/observability/log";
import type { Agent } from "undici";
import { sendWebhook } from "../webhooks/send-webhook";
import { sendSyslog } from "./send-syslog";
import { frame, syslogMessage } from "./syslog-message";

const AT_ONCE = 16;
const POLL_MS = SECOND;

/**
 * Sends the audit log of organizations to their receivers until told to stop. Any number of processes may do so: one stream
 * is one worker's at a time, a batch after the other, so that entries arrive in order. A receiver that fails or hangs keeps
 * only itself waiting.
 */
export async function streamAudit({ db, log }: { db: Db; log: Log }, stop: AbortSignal): Promise<void> {
  const allowPrivate = env().WEBHOOK_PRIVATE_TARGETS;
  const connections = publicConnections({ allowPrivate });
  const underWay = new Set<Promise<void>>();
  while (!stop.aborted) {
    const claimed = await claim(db, log, AT_ONCE - underWay.size);
    for (const stream of claimed) {
      const sending = sendBatch({ db, log, connections, allowPrivate, stop }, stream).finally(() =>
        underWay.delete(sending),
      );
      underWay.add(sending);
    }
    const pause = sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
    await Promise.race([...underWay, pause]);
  }
  await Promise.all(underWay);
  await connections.destroy();
}

async function claim(db: Db, log: Log, limit: number): Promise<ClaimedStream[]> {
  if (limit <= 0) return [];
  try {
    return await claimStreams(db, { limit, now: new Date() });
  } catch (error) {
    log.warn({ err: error }, "audit streams could not be claimed");
    return [];
  }
}

interface Sending {
  db: Db;
  log: Log;
  connections: Agent;
  allowPrivate: boolean;
  stop: AbortSignal;
}

/** Never throws: a batch whose outcome could not be recorded is claimed and sent again. */
export async function sendBatch(sending: Sending, stream: ClaimedStream): Promise<void> {
  const { db, log } = sending;
  try {
    const error = await send(sending, stream);
    await finishBatch(db, stream, error === null ? { taken: true } : { taken: false, error });
  } catch (error) {
    log.error({ err: error, org_id: stream.orgId }, "a batch of an audit stream could not be recorded");
  }
}

async function send(sending: Sending, stream: ClaimedStream): Promise<string | null> {
  return stream.kind === "webhook" ? await toWebhook(sending, stream) : await toSyslog(sending, stream);
}

/** The same entries have the same `webhook-id`, however often they are sent. */
async function toWebhook(
  { connections, allowPrivate, stop }: Sending,
  { orgId, target, secret, entries }: ClaimedStream,
): Promise<string | null> {
  const [first, last] = [entries.at(0), entries.at(-1)];
  if (first === undefined || last === undefined || secret === null) return null;
  const eventId = stableId(new Date(last.created_at), `${orgId} ${first.sequence} ${last.sequence}`);
  const body = JSON.stringify({
    type: "audit.entries",
    timestamp: last.created_at,
    data: { organization_id: toPublicId("org", orgId), entries },
  });
  const sent = { url: target, eventId, body, secrets: [secret] };
  return (await sendWebhook(sent, { connections, allowPrivate, stop })).error;
}

async function toSyslog(
  { allowPrivate, stop }: Sending,
  { orgId, target, ca, entries }: ClaimedStream,
): Promise<string | null> {
  const from = { host: new URL(env().APP_URL).hostname, orgId: toPublicId("org", orgId) };
  const frames = entries.map((entry) => frame(syslogMessage(entry, from)));
  try {
    await sendSyslog(target, frames, { ca, allowPrivate, stop });
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** For the customer, without addresses of ours. */
function reasonOf(error: unknown): string {
  if (error instanceof PrivateTargetError) return "leads to a private address";
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ECONNREFUSED") return "refused the connection";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its name could not be resolved";
  if (code === "ECONNRESET" || code === "EPIPE") return "closed the connection";
  if (typeof code === "string" && /CERT|TLS|SSL|SIGNATURE|ALTNAME|ISSUER/.test(code)) {
    return `its certificate was not accepted (${code})`;
  }
  return error instanceof Error && code === undefined ? error.message : "could not be reached";
}
