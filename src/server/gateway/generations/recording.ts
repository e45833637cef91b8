import { setTimeout as sleep } from "node:timers/promises";
import {
  appendPart,
  endGeneration,
  fileGeneration,
  type GenerationPart,
  type KeyClaim,
} from "@agathaai/core/generations";
import { type AppError, type Db, MINUTE, SECOND } from "@agathaai/core/platform";
import { backoff } from "@agathaai/core/platform/concurrency/backoff";
import { log } from "@agathaai/core/platform/observability/log";
import type { Outcome } from "@agathaai/worker/engine/live/generation";
import { servedHeaders } from "../reply/served-headers";
import { countEvents, numberEvents } from "./numbered-events";

/** What a dropped connection or a killed process can cost its reader at the most, beyond the commit. */
const WRITE_EVERY_MS = 250;
const PART_BYTES = 64 * 1024;
/** The most that is kept of one answer. A longer one is delivered but not kept. */
const MAX_BYTES = 16 * 1024 * 1024;
/** The most that memory keeps of one stream's newest events, for readers in this process. Readers further behind use the database. */
const MEMORY_BYTES = 1024 * 1024;
/** As long as a settlement waits for PostgreSQL. */
const KEEP_TRYING_MS = MINUTE;

export interface RecordingParts {
  db: Db;
  id: string;
  orgId: string;
  /** The call runs to its end when its caller hangs up. */
  outlivesCaller: boolean;
  /** It does so once its caller has seen its beginning, and with it its ID; until then it ends with its caller. */
  onceBegun?: boolean;
  /** Its prompt and answer go into the history. */
  stored: boolean;
  claim: KeyClaim | undefined;
  /** The process that keeps it: its call opens under no other. */
  processId: string;
  /** Forgets it. */
  release(): Promise<void>;
}

/** Stores one answer while it is generated: the stream in batches, the rest before the call is settled. */
export class Recording {
  readonly id: string;
  readonly processId: string;
  readonly outlivesCaller: boolean;
  readonly onceBegun: boolean;
  #events = 0;
  #bytes = 0;
  #tooLong = false;
  /** The part that still grows, and those on their way to the database. */
  #unwritten: GenerationPart | undefined;
  readonly #queued: GenerationPart[] = [];
  /** The newest events, for readers in this process. */
  readonly #recent: GenerationPart[] = [];
  #recentBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<() => void>();
  #over = false;
  onOver: (() => void) | undefined;
  /** Ends the call. */
  stop: (() => void) | undefined;

  constructor(private readonly parts: RecordingParts) {
    this.id = parts.id;
    this.processId = parts.processId;
    this.outlivesCaller = parts.outlivesCaller;
    this.onceBegun = parts.onceBegun === true;
  }

  /** Settled, or not to be settled by this process: nothing more comes from here. */
  get over(): boolean {
    return this.#over;
  }

  /** Whole events of the stream; where it can be read again, with the numbers by which a reader says where it stopped. */
  frames(bytes: Buffer): Buffer {
    const text = bytes.toString("utf8");
    const first = this.#events + 1;
    this.#add(text, countEvents(text));
    return this.outlivesCaller ? Buffer.from(numberEvents(text, first)) : bytes;
  }

  /** An event that is made anew for each reader: it follows the last one. */
  numbered(event: string): string {
    return this.outlivesCaller ? numberEvents(event, this.#events + 1) : event;
  }

  /** The events after `after`, if this process still has all of them in memory. */
  since(after: number): GenerationPart[] | undefined {
    const [oldest] = this.#recent;
    if (oldest === undefined) return after >= this.#events ? [] : undefined;
    if (oldest.firstEvent > after + 1) return undefined;
    return this.#recent.filter(({ firstEvent, events }) => firstEvent + events - 1 > after);
  }

  /** Resolves with the next event, or when it is over. */
  changed(): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /**
   * Keeps the rest, before the call is settled. While PostgreSQL is away it is tried again, as the settlement is; an answer
   * that could not be kept is settled and sent all the same.
   */
  async end({ answer, target, wireUsage }: Outcome<unknown>, error: AppError | undefined): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    if (answer !== undefined) this.#add(JSON.stringify(answer), 1);
    const end = {
      rest: this.#unwritten,
      headers: servedHeaders(target),
      usage: wireUsage,
      error: error && { code: error.code, message: error.public, param: error.param ?? null },
      tooLong: this.#tooLong,
      claim: error === undefined ? this.parts.claim : undefined,
    };
    const until = performance.now() + KEEP_TRYING_MS;
    for (let tried = 0; ; tried += 1) {
      try {
        await this.#writeQueued();
        await endGeneration(this.parts.db, this.parts, end);
        return;
      } catch (problem) {
        if (performance.now() > until) {
          log().error({ err: problem, call: this.id }, "an answer could not be kept");
          return;
        }
        await sleep(backoff(tried, { baseMs: 100, capMs: 2 * SECOND, jitter: "equal" }));
      }
    }
  }

  /** Settled: a stored call is in the history from now on. What fails here is done by a job. */
  async settled(): Promise<void> {
    if (!this.parts.stored) return;
    try {
      await fileGeneration(this.parts.db, this.parts);
    } catch (error) {
      log().warn({ err: error, call: this.id }, "a stored answer is not in the history yet");
    }
  }

  /** The call was not admitted: nothing of it stays, and its key is free. */
  async release(): Promise<void> {
    this.close();
    await this.parts.release().catch((error: unknown) => {
      log().warn(
        { err: error, call: this.id },
        "an Idempotency-Key could not be given back: it is free in some minutes",
      );
    });
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#wake();
    this.onOver?.();
  }

  #add(text: string, events: number): void {
    const part = { firstEvent: this.#events + 1, events, text };
    this.#events += events;
    this.#bytes += text.length;
    this.#remember(part);
    if (this.#bytes > MAX_BYTES) {
      this.#tooLong = true;
      this.#unwritten = undefined;
      this.#queued.length = 0;
    } else {
      const { firstEvent, events: before, text: given } = this.#unwritten ?? { ...part, events: 0, text: "" };
      this.#unwritten = { firstEvent, events: before + events, text: given + text };
      this.#writeSoon();
    }
    this.#wake();
  }

  #remember(part: GenerationPart): void {
    this.#recent.push(part);
    this.#recentBytes += part.text.length;
    while (this.#recentBytes > MEMORY_BYTES) this.#recentBytes -= this.#recent.shift()?.text.length ?? 0;
  }

  #writeSoon(afterMs = WRITE_EVERY_MS): void {
    if ((this.#unwritten?.text.length ?? 0) >= PART_BYTES && afterMs === WRITE_EVERY_MS) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), afterMs).unref();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unwritten !== undefined) this.#queued.push(this.#unwritten);
    this.#unwritten = undefined;
    this.#writing = this.#writing
      .then(() => this.#writeQueued())
      .catch((error: unknown) => {
        log().warn({ err: error, call: this.id }, "a part of an answer could not be kept yet");
        if (!this.#over) this.#writeSoon(SECOND);
      });
  }

  /** A part that may have been written is written again as it was, which then changes nothing. */
  async #writeQueued(): Promise<void> {
    for (let [part] = this.#queued; part !== undefined; [part] = this.#queued) {
      await appendPart(this.parts.db, this.parts, part);
      this.#queued.shift();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** How soon a call ends that somebody asked to stop, by whichever process they reached. */
const STOP_EVERY_MS = SECOND;

/** The answers that this process keeps while it makes them, by the id of their call. */
export class Recordings {
  readonly #running = new Map<string, Recording>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly askedToStop: (ids: readonly string[]) => Promise<readonly string[]>) {}

  add(recording: Recording): void {
    this.#running.set(recording.id, recording);
    recording.onOver = () => this.#running.delete(recording.id);
    if (recording.outlivesCaller) this.#timer ??= setInterval(() => void this.#look(), STOP_EVERY_MS).unref();
  }

  get(id: string): Recording | undefined {
    return this.#running.get(id);
  }

  /** All of them in one look a second, and none where there are none: calls that end with their callers need no other end. */
  async #look(): Promise<void> {
    const ids = [...this.#running.values()].flatMap(({ id, outlivesCaller }) => (outlivesCaller ? [id] : []));
    if (ids.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    try {
      for (const id of await this.askedToStop(ids)) this.#running.get(id)?.stop?.();
    } catch (error) {
      log().warn({ err: error }, "it is not known which calls are to be stopped");
    }
  }
}
