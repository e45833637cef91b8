import { extendLease, type Lease, watchCancel } from "@agathaai/core/inference";
import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import type { JobContext } from "./job-context";

/** Why a call was stopped before its provider answered. */
export type StopReason = "lease_lost" | "cancelled" | "shutdown";

export interface LeaseKeeper {
  /** Aborts when the call has to stop. */
  readonly signal: AbortSignal;
  readonly stopReason: StopReason | undefined;
  /** Until this time, by this machine's clock, no other worker can have claimed the request. */
  readonly heldUntil: number;
  stop(): void;
}

/**
 * Keeps the request's lease and its message's invisibility alive while a provider is thinking, and stops the call
 * when the lease is lost, the customer cancels, or the process has to go.
 */
export function keepLease(
  { db, queue, leaseMs, log }: JobContext,
  { job, message, shutdown }: { job: Lease; message: QueueMessage; shutdown: AbortSignal },
): LeaseKeeper {
  const beatMs = Math.floor(leaseMs / 3);
  const stopped = new AbortController();
  let stopReason: StopReason | undefined;
  let heldUntil = Date.now() + leaseMs;
  let visibleAt = Date.now() + leaseMs;
  let timer: NodeJS.Timeout | undefined;

  const end = (reason: StopReason) => {
    stopReason ??= reason;
    stop();
    stopped.abort();
  };
  const onShutdown = () => end("shutdown");
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
    shutdown.removeEventListener("abort", onShutdown);
    unwatch();
  };

  const beat = async () => {
    const askedAt = Date.now();
    try {
      const { held, cancelRequested } = await extendLease(db, { job, leaseMs });
      if (timer === undefined) return;
      if (!held) return end("lease_lost");
      heldUntil = askedAt + leaseMs;
      if (cancelRequested) return end("cancelled");
      if (visibleAt - Date.now() < (leaseMs * 2) / 3) {
        await queue.extend(message, Math.ceil(leaseMs / 1_000));
        visibleAt = askedAt + leaseMs;
      }
    } catch (error) {
      // One missed heartbeat; the lease itself ends only after several.
      log.warn({ err: error, message_id: message.id }, "lease not extended");
    }
    if (timer === undefined) return;
    if (Date.now() >= heldUntil) return end("lease_lost");
    timer = setTimeout(beat, beatMs);
  };

  const unwatch = watchCancel(db, { requestId: job.requestId, onCancel: () => end("cancelled") });
  timer = setTimeout(beat, beatMs);
  if (shutdown.aborted) onShutdown();
  else shutdown.addEventListener("abort", onShutdown, { once: true });

  return {
    signal: stopped.signal,
    get stopReason() {
      return stopReason;
    },
    get heldUntil() {
      return heldUntil;
    },
    stop,
  };
}
