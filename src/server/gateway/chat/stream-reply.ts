import { type AppError, SECOND } from "@agathaai/core/platform";
import type { Outcome, Target } from "@agathaai/worker/engine/live/generation";
import type { AnswerHead, ChatCompletionAnswer } from "@agathaai/worker/engine/providers/live-protocol";
import { STALLED_AFTER_MS } from "../../http/end-response";
import { Reply, type ReplyParts } from "../reply/reply";
import { servedHeaders } from "../reply/served-headers";
import { type Charged, usageWithCost } from "../reply/usage";
import { DONE, PING, usageChunk } from "./stream-events";

/** Load balancers close a connection on which nothing moves for a minute. */
const PING_AFTER_MS = 15 * SECOND;

/**
 * The answer as server-sent events. The status line goes out with the first content, so that what fails before is a real
 * status; a break after it is an error in the stream, which then lacks its `[DONE]`. A reader that is slower than its
 * provider stops the provider: no more than one write waits here.
 */
export class StreamReply extends Reply<ChatCompletionAnswer> {
  /** Frames that came before the call was on record. */
  #held: Buffer[] = [];
  #answering = false;
  #begun = false;
  #fullSince: number | undefined;
  #lastWrite = performance.now();

  constructor(
    parts: ReplyParts,
    private readonly stream: { head: AnswerHead; includeUsage: boolean },
  ) {
    super(parts);
  }

  answering(target: Target): void {
    Object.assign(this.exchange.headers, servedHeaders(target));
    this.#answering = true;
    if (this.opened) this.#begin();
  }

  frames(bytes: Buffer): void {
    const sent = this.recording?.frames(bytes) ?? bytes;
    if (this.opened) {
      this.#write(sent);
      return;
    }
    this.#held.push(sent);
    this.running?.pause();
  }

  tick(now: number): void {
    if (this.#fullSince !== undefined) {
      if (now - this.#fullSince > STALLED_AFTER_MS) this.exchange.outgoing.destroy();
      return;
    }
    if (!this.opened || now - this.#lastWrite < PING_AFTER_MS) return;
    // Nobody has answered yet: what is known is known of the first to be asked.
    if (!this.#begun && !this.#answering)
      Object.assign(this.exchange.headers, servedHeaders(this.firstTarget));
    this.#begin();
    this.#write(PING);
  }

  protected release(): void {
    if (this.#answering) this.#begin();
    const held = this.#held;
    this.#held = [];
    for (const bytes of held) this.#write(bytes);
    if (this.#fullSince === undefined) this.running?.resume();
  }

  protected override detach(): void {
    this.#fullSince = undefined;
    super.detach();
  }

  protected finish({ wireUsage }: Outcome, charged: Charged): void {
    this.#begin();
    const { outgoing } = this.exchange;
    if (this.stream.includeUsage && wireUsage !== undefined) {
      const chunk = usageChunk(this.stream.head, usageWithCost(wireUsage, charged));
      outgoing.write(this.recording?.numbered(chunk) ?? chunk);
    }
    outgoing.end(DONE);
  }

  protected fail(error: AppError): void {
    const { exchange } = this;
    if (this.#begun) exchange.breakOff(error);
    else exchange.refuse(error);
  }

  #begin(): void {
    if (this.#begun || this.exchange.left) return;
    this.#begun = true;
    const { outgoing, headers } = this.exchange;
    headers["content-type"] = "text/event-stream; charset=utf-8";
    // Proxies of nginx's kind would gather the chunks.
    headers["x-accel-buffering"] = "no";
    outgoing.writeHead(200, headers);
  }

  #write(bytes: Buffer | string): void {
    const { outgoing } = this.exchange;
    if (outgoing.destroyed) return;
    this.#lastWrite = performance.now();
    if (outgoing.write(bytes) || this.#fullSince !== undefined) return;
    this.#fullSince = this.#lastWrite;
    this.running?.pause();
    outgoing.once("drain", () => {
      this.#fullSince = undefined;
      this.running?.resume();
    });
  }
}
