import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { Batcher } from "../concurrency/batching/batcher";
import { singleton } from "../concurrency/singleton";
import { env } from "../env";
import { AppError } from "../errors";
import type { InferenceMessage } from "./inference-message";
import { BatchSender, toBatchEntry } from "./send-batch";

export { type InferenceMessage, parseInferenceMessage } from "./inference-message";

export const queueNames = ["standard", "enterprise"] as const;
export type QueueName = (typeof queueNames)[number];

export interface QueueMessage {
  id: string;
  receiptHandle: string;
  body: string;
  /** How often SQS has delivered this message, including this time. */
  receiveCount: number;
  queueName: QueueName;
}

export type DeadLetter = Pick<QueueMessage, "id" | "receiptHandle" | "body">;

export interface ReceiveOptions {
  /** 1 to 10. */
  max: number;
  /** Long polling, 0 to 20 s. */
  waitSeconds: number;
  visibilitySeconds: number;
  signal?: AbortSignal | undefined;
}

export interface QueueDepth {
  ready: number;
  inFlight: number;
  delayed: number;
}

export type QueueDepths = Record<QueueName | "dead", QueueDepth>;

/** The inference queues. Every failure is an AppError `service_unavailable`, within three seconds. */
export interface Queue {
  send(queueName: QueueName, message: InferenceMessage): Promise<void>;
  /** Messages of one queue; none when the wait ends or `signal` fires. */
  receive(queueName: QueueName, options: ReceiveOptions): Promise<QueueMessage[]>;
  remove(message: QueueMessage): Promise<void>;
  /** Hides the message for this long from now; 0 makes it available at once. */
  extend(message: QueueMessage, seconds: number): Promise<void>;
  /** Moves a message that cannot be processed to the dead-letter queue, then takes it out of its queue. */
  deadLetter(message: QueueMessage | { body: string }, reason: string): Promise<void>;
  /** Up to ten dead letters, hidden from others for `visibilitySeconds`. */
  receiveDead(options: { visibilitySeconds: number }): Promise<DeadLetter[]>;
  removeDead(message: DeadLetter): Promise<void>;
  depths(): Promise<QueueDepths>;
  /** Sends the messages gathered so far, then closes the connections. */
  close(): Promise<void>;
}

export interface QueueOptions {
  region: string;
  endpoint?: string | undefined;
  standardUrl: string;
  enterpriseUrl: string;
  deadLetterUrl: string;
}

const TIMEOUT_MS = 3_000;
const REASON_MAX = 200;
/** SQS's limit. */
const BATCH_MAX = 10;
/**
 * A call to SQS costs more than accepting a request, so messages wait a moment for others; nobody waits for them. Under load they
 * gather until a batch is full or a call has returned.
 */
const LINGER_MS = 10;
const CALLS_AT_ONCE = { full: 4, partial: 1 };

export function createQueue({
  region,
  endpoint,
  standardUrl,
  enterpriseUrl,
  deadLetterUrl,
}: QueueOptions): Queue {
  const client = new SQSClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, httpAgent: { keepAlive: true, maxSockets: 256 } },
  });
  const urls: Record<QueueName, string> = { standard: standardUrl, enterprise: enterpriseUrl };
  const sender = new BatchSender(client, { region, endpoint });
  const batchers: Record<QueueName, Batcher<InferenceMessage>> = {
    standard: batcherTo(client, sender, standardUrl),
    enterprise: batcherTo(client, sender, enterpriseUrl),
  };

  const remove = async ({ queueName, receiptHandle }: QueueMessage) => {
    const command = new DeleteMessageCommand({ QueueUrl: urls[queueName], ReceiptHandle: receiptHandle });
    await bounded("delete", () => client.send(command, inTime()));
  };

  return {
    send: (queueName, message) => batchers[queueName].add(message),

    async receive(queueName, { max, waitSeconds, visibilitySeconds, signal }) {
      if (signal?.aborted) return [];
      const command = new ReceiveMessageCommand({
        QueueUrl: urls[queueName],
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      });
      // Not AbortSignal.any: on Node 20 each call would leave an entry on a signal that lives as long as the worker.
      const stop = new AbortController();
      const abort = () => stop.abort();
      const timer = setTimeout(abort, waitSeconds * 1_000 + TIMEOUT_MS);
      signal?.addEventListener("abort", abort, { once: true });
      const response = await bounded("receive", () => client.send(command, { abortSignal: stop.signal }))
        .catch((error) => {
          if (signal?.aborted) return undefined;
          throw error;
        })
        .finally(() => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
        });
      return (response?.Messages ?? []).flatMap(({ MessageId, ReceiptHandle, Body, Attributes }) =>
        MessageId === undefined || ReceiptHandle === undefined
          ? []
          : [
              {
                id: MessageId,
                receiptHandle: ReceiptHandle,
                body: Body ?? "",
                receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
                queueName,
              },
            ],
      );
    },

    remove,

    async extend({ queueName, receiptHandle }, seconds) {
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: urls[queueName],
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.ceil(seconds),
      });
      await bounded("extend", () => client.send(command, inTime()));
    },

    async deadLetter(message, reason) {
      const command = new SendMessageCommand({
        QueueUrl: deadLetterUrl,
        MessageBody: message.body === "" ? "(empty)" : message.body,
        MessageAttributes: { reason: { DataType: "String", StringValue: plainReason(reason) } },
      });
      await bounded("dead-letter", () => client.send(command, inTime()));
      if ("receiptHandle" in message) await remove(message);
    },

    async receiveDead({ visibilitySeconds }) {
      const command = new ReceiveMessageCommand({
        QueueUrl: deadLetterUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: visibilitySeconds,
      });
      const { Messages } = await bounded("receive", () => client.send(command, inTime()));
      return (Messages ?? []).flatMap(({ MessageId: id, ReceiptHandle: receiptHandle, Body: body = "" }) =>
        id === undefined || receiptHandle === undefined ? [] : [{ id, receiptHandle, body }],
      );
    },

    async removeDead({ receiptHandle }) {
      const command = new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle: receiptHandle });
      await bounded("delete", () => client.send(command, inTime()));
    },

    async depths() {
      const [standard, enterprise, dead] = await Promise.all([
        depthOf(client, standardUrl),
        depthOf(client, enterpriseUrl),
        depthOf(client, deadLetterUrl),
      ]);
      return { standard, enterprise, dead };
    },

    async close() {
      await Promise.all([batchers.standard.drain(), batchers.enterprise.drain()]);
      client.destroy();
      sender.close();
    },
  };
}

function inTime() {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
}

function batcherTo(client: SQSClient, sender: BatchSender, url: string): Batcher<InferenceMessage> {
  const sendBySdk = async (entries: SendMessageBatchRequestEntry[]) => {
    const command = new SendMessageBatchCommand({ QueueUrl: url, Entries: entries });
    const { Successful } = await bounded("send", () => client.send(command, inTime()));
    return new Set(Successful?.map(({ Id }) => Id));
  };
  const sendBatch = async (messages: InferenceMessage[]) => {
    const entries = messages.map(toBatchEntry);
    const arrived = (await sender.send(url, entries)) ?? (await sendBySdk(entries));
    return messages.map((_, index) =>
      arrived.has(String(index)) ? undefined : unavailable("send", "the entry was refused"),
    );
  };
  return new Batcher(sendBatch, {
    maxSize: BATCH_MAX,
    lingerMs: LINGER_MS,
    maxInFlight: CALLS_AT_ONCE,
    timeout: { ms: TIMEOUT_MS, error: () => unavailable("send", "no response in time") },
  });
}

async function depthOf(client: SQSClient, url: string): Promise<QueueDepth> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: [
      "ApproximateNumberOfMessages",
      "ApproximateNumberOfMessagesNotVisible",
      "ApproximateNumberOfMessagesDelayed",
    ],
  });
  const { Attributes } = await bounded("depth", () => client.send(command, inTime()));
  return {
    ready: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** SQS refuses control characters in attributes. */
function plainReason(reason: string): string {
  const plain = reason.replaceAll(/[^\x20-\x7e]+/g, " ").trim();
  return plain === "" ? "unknown" : plain.slice(0, REASON_MAX);
}

async function bounded<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw unavailable(operation, cause instanceof Error ? cause.name : "unknown error", cause);
  }
}

function unavailable(operation: string, reason: string, cause?: unknown): AppError {
  return new AppError("service_unavailable", {
    public: "The queue is temporarily unavailable. Try again in a moment.",
    internal: `SQS ${operation}: ${reason}`,
    retryAfterSeconds: 5,
    cause,
  });
}

/** One per process, so that sends of portal and API share batches. */
export const queue = singleton("queue", (): Queue => {
  const settings = env();
  return createQueue({
    region: settings.AWS_REGION,
    endpoint: settings.SQS_ENDPOINT,
    standardUrl: settings.SQS_STANDARD_QUEUE_URL,
    enterpriseUrl: settings.SQS_ENTERPRISE_QUEUE_URL,
    deadLetterUrl: settings.SQS_DEAD_LETTER_QUEUE_URL,
  });
});
