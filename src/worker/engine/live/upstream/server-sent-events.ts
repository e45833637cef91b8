import { ProviderFailure, type ProviderName } from "../../failures/errors";

/** One event of a model's stream is a few hundred bytes; a call of a tool may come in one. */
const MAX_EVENT_BYTES = 8 * 1024 * 1024;

/**
 * Cuts a byte stream into the data of its server-sent events, wherever the network cut it. The text is Latin-1: one
 * character a byte, so that a character of UTF-8 may be split between chunks.
 */
export class ServerSentEvents {
  /** The start of a line whose end has not come. Kept in pieces: joining them at each chunk would be quadratic. */
  #pieces: string[] = [];
  #pending = 0;
  #data: string | undefined;

  constructor(private readonly provider: ProviderName) {}

  /** Calls `event` with the data of each event that this chunk completes. */
  push(chunk: Buffer, event: (data: string) => void): void {
    const text = chunk.toString("latin1");
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      let line = text.slice(start, end);
      if (this.#pending > 0) line = this.#take() + line;
      start = end + 1;
      this.#line(line.endsWith("\r") ? line.slice(0, -1) : line, event);
    }
    if (start === text.length) return;
    this.#pieces.push(text.slice(start));
    this.#pending += text.length - start;
    this.#limit(this.#pending);
  }

  #take(): string {
    const text = this.#pieces.join("");
    this.#pieces = [];
    this.#pending = 0;
    return text;
  }

  #line(line: string, event: (data: string) => void): void {
    if (line === "") {
      const data = this.#data;
      this.#data = undefined;
      if (data !== undefined) event(data);
    } else if (line.startsWith("data:")) {
      const value = line.slice(line.charCodeAt(5) === SPACE ? 6 : 5);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      this.#limit(this.#data.length);
    }
    // Comments, `event`, `id` and `retry` say nothing here.
  }

  #limit(bytes: number): void {
    if (bytes <= MAX_EVENT_BYTES) return;
    throw new ProviderFailure("invalid_response", { provider: this.provider, detail: "event too large" });
  }
}

const SPACE = 0x20;
