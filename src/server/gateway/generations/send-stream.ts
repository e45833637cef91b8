import { type Generation, readGeneration, readParts } from "@agathaai/core/generations";
import { AppError, type Db, SECOND, toErrorEnvelope } from "@agathaai/core/platform";
import { z } from "zod";
import { STALLED_AFTER_MS } from "../../http/end-response";
import { DONE, PING, usageChunk } from "../chat/stream-events";
import type { Exchange } from "../exchange";
import { endedByCaller } from "../reply/failure";
import { usageWithCost } from "../reply/usage";
import { numberEvents } from "./numbered-events";
import type { Recording } from "./recording";

/** How soon another process's events are here. */
const POLL_MS = 250;
const PING_AFTER_MS = 15 * SECOND;

interface StreamToSend {
  generation: Generation;
  /** The last event that the reader has. */
  after: number;
  /** Where this process is the one that makes it. */
  recording?: Recording | undefined;
}

/** Sends the events of a stream that is kept, from memory or the database, and its end once it has one. */
export async function sendStream(
  exchange: Exchange,
  db: Db,
  { generation, after, recording }: StreamToSend,
): Promise<void> {
  const reader = new Reader(exchange);
  const from = { ...generation, after };
  let now: Generation | undefined = generation;
  while (!exchange.left) {
    const running: boolean = recording?.over === false;
    // An end that was read before the parts is behind all of them.
    if (!running) now = await readGeneration(db, { ...generation, generationId: generation.id });
    const parts = (running ? recording?.since(from.after) : undefined) ?? (await readParts(db, from));
    for (const { firstEvent, events, text } of parts) {
      await reader.write(numberEvents(text, firstEvent, from.after));
      from.after = firstEvent + events - 1;
    }
    if (parts.length > 0) continue;
    if (!running && now?.status !== "processing") break;
    await reader.wait(running ? recording?.changed() : undefined);
  }
  if (exchange.left) return;
  await reader.write(await endOf(exchange, db, { now, after: from.after }));
  exchange.outgoing.end();
}

/** Its events are numbered like the ones before: who has read one of them is not sent it again. */
async function endOf(
  exchange: Exchange,
  db: Db,
  { now, after }: { now: Generation | undefined; after: number },
): Promise<string> {
  if (now?.status === "completed" && now.kept) {
    const usage = now.includeUsage && now.usage !== null ? await usageOf(db, now) : undefined;
    return (usage === undefined ? "" : numberEvents(usage, now.events + 1, after)) + DONE;
  }
  const error = whyNotWhole(now);
  exchange.errorCode = error.code;
  return `data: ${JSON.stringify(toErrorEnvelope(error, exchange.requestId))}\n\n`;
}

const headSchema = z.object({ id: z.string(), created: z.number(), model: z.string() });

async function usageOf(db: Db, generation: Generation): Promise<string | undefined> {
  const [first] = await readParts(db, { ...generation, after: 0 });
  const { usage, costMicros, providerMicros } = generation;
  if (first === undefined || usage === null) return undefined;
  const [event = ""] = first.text.split("\n\n", 1);
  const head = headSchema.parse(JSON.parse(event.replace(/^data: /, "")));
  return usageChunk(head, usageWithCost(usage, { billedMicros: costMicros, providerMicros }));
}

export function whyNotWhole(generation: Generation | undefined): AppError {
  if (generation?.error) {
    const { code, message, param } = generation.error;
    return new AppError(code, { public: message, param: param ?? undefined });
  }
  if (generation?.status === "cancelled") return endedByCaller();
  if (generation?.status === "completed") {
    return new AppError("conflict", {
      public: "This generation was answered, and its answer is not kept: it was too long, or was deleted.",
    });
  }
  return new AppError("service_unavailable", {
    public:
      "The server that made this generation stopped in its middle. What came until then is here; it was not billed. Send the request again.",
    retryAfterSeconds: 1,
  });
}

/** Writes at the pace at which the other side reads. */
class Reader {
  #begun = false;
  #lastWrite = performance.now();

  constructor(private readonly exchange: Exchange) {}

  async write(text: string): Promise<void> {
    const { outgoing } = this.exchange;
    this.#begin();
    if (text === "" || this.exchange.left) return;
    this.#lastWrite = performance.now();
    if (outgoing.write(text)) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(() => outgoing.destroy(), STALLED_AFTER_MS);
      const goOn = () => {
        clearTimeout(stalled);
        outgoing.off("drain", goOn).off("close", goOn);
        resolve();
      };
      outgoing.on("drain", goOn).on("close", goOn);
    });
  }

  /** Waits for `news`, at most as long as a connection may be silent; without `news`, until the next poll. */
  async wait(news: Promise<void> | undefined): Promise<void> {
    this.#begin();
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, news === undefined ? POLL_MS : SECOND);
    });
    await (news === undefined ? pause : Promise.race([news, pause]));
    clearTimeout(timer);
    if (performance.now() - this.#lastWrite > PING_AFTER_MS) await this.write(PING);
  }

  #begin(): void {
    if (this.#begun || this.exchange.left) return;
    this.#begun = true;
    const { headers, outgoing } = this.exchange;
    headers["content-type"] = "text/event-stream; charset=utf-8";
    headers["x-accel-buffering"] = "no";
    outgoing.writeHead(200, headers);
  }
}
