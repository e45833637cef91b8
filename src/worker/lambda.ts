import { flushAudit } from "@agathaai/core/audit";
import { untilErasuresRepeated } from "@agathaai/core/org-deletion";
import { systemClock } from "@agathaai/core/platform";
import { startCellGuard } from "@agathaai/core/platform/cell/running-guard";
import { mayWrite } from "@agathaai/core/platform/cell/standing";
import { env } from "@agathaai/core/platform/env";
import { writeLines } from "@agathaai/core/platform/observability/log";
import { metricsRegistry } from "@agathaai/core/platform/observability/metrics";
import { EmbeddedMetrics } from "@agathaai/core/platform/observability/metrics-export/embedded-metrics";
import { flushTraces, startTracing } from "@agathaai/core/platform/observability/trace";
import type { QueueMessage, QueueName } from "@agathaai/core/platform/queue/queue";
import { evidenceStorage } from "@agathaai/core/platform/storage";
import { z } from "zod";
import type { JobContext } from "./engine/job/job-context";
import { createJobContext } from "./engine/job/job-context";
import { runJob } from "./engine/job/run-job";
import { functionOf } from "./metrics";
import { applyDisposition } from "./queue/apply-disposition";

/** The part of an SQS event that the job needs (AWS Lambda, "Using Lambda with Amazon SQS"). */
const eventSchema = z.object({
  Records: z.array(
    z.object({
      messageId: z.string().min(1),
      receiptHandle: z.string().min(1),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int() }),
      eventSourceARN: z.string(),
    }),
  ),
});

export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Time to release running requests, kept free before Lambda's own time-out. */
const RELEASE_MS = 5_000;

/**
 * Runs a batch in parallel, each message by itself. Messages listed as failed stay in the queue, with the delay of their
 * retry; Lambda deletes the rest. Near the function's time-out, what still runs is released.
 * @throws when the event is not an SQS event: Lambda then keeps the whole batch.
 */
export async function handleBatch(
  context: JobContext,
  {
    event,
    enterpriseQueueUrl,
    remainingMs,
  }: { event: unknown; enterpriseQueueUrl: string; remainingMs: number },
): Promise<BatchResponse> {
  const { Records: records } = eventSchema.parse(event);
  // A deployment tries a new version with an empty batch: success means that its database answers, too.
  if (records.length === 0) await context.db.$queryRaw`SELECT 1`;
  const enterpriseQueue = nameOfUrl(enterpriseQueueUrl);
  const shutdown = AbortSignal.timeout(Math.max(0, remainingMs - RELEASE_MS));
  const kept = await Promise.all(
    records.map(async (record) => {
      const queueName: QueueName =
        record.eventSourceARN.split(":").at(-1) === enterpriseQueue ? "enterprise" : "standard";
      const message: QueueMessage = {
        id: record.messageId,
        receiptHandle: record.receiptHandle,
        body: record.body,
        receiveCount: record.attributes.ApproximateReceiveCount,
        queueName,
      };
      const disposition = await runJob(context, message, { shutdown });
      if (disposition.action !== "acknowledge") await applyDisposition(context, message, disposition);
      return disposition.action === "retry" || disposition.action === "leave"
        ? [{ itemIdentifier: message.id }]
        : [];
    }),
  );
  return { batchItemFailures: kept.flat() };
}

function nameOfUrl(url: string): string {
  return new URL(url).pathname.split("/").at(-1) ?? "";
}

let counted: EmbeddedMetrics | undefined;

/** Writes what the batch counted into the function's log, since no collector runs beside a function (ADR 124). */
async function writeCounted(): Promise<void> {
  counted ??= new EmbeddedMetrics(functionOf(env().CELL));
  writeLines(counted.linesOf(await metricsRegistry().getMetricsAsJSON(), systemClock.now()));
}

let shared: JobContext | undefined;
let erased: Promise<boolean> | undefined;

/** AWS Lambda's entrypoint; connections are made once per execution environment. */
export async function handler(event: unknown, lambda: LambdaContext): Promise<BatchResponse> {
  await startTracing("agathaai-worker");
  // The process was frozen since the last event, so what it knew of its cell may be out of date.
  await startCellGuard();
  if (!mayWrite())
    throw new Error("this region does not write for its cell; the messages stay in their queue");
  shared ??= createJobContext();
  // Once per execution environment, as the other processes do at their start.
  erased ??= untilErasuresRepeated(shared.db, evidenceStorage());
  await erased;
  const response = await handleBatch(shared, {
    event,
    enterpriseQueueUrl: env().SQS_ENTERPRISE_QUEUE_URL,
    remainingMs: lambda.getRemainingTimeInMillis(),
  });
  // Lambda freezes the process between events: nothing may wait for a timer.
  await Promise.all([flushAudit({ withinMs: 1_000 }), flushTraces(), writeCounted()]);
  return response;
}
