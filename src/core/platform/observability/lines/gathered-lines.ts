import type { DestinationStream } from "pino";

/** How long a line waits for others. */
const GATHER_MS = 10;
const MAX_CHARACTERS = 64 * 1024;
const WARN = 40;

/**
 * Writes lines a few milliseconds later and together, in their order: a system call a line costs a busy process several
 * percent. Warnings and worse go out at once, with all before them, and so does everything at an orderly end. A process
 * that is killed loses the lines of its last ten milliseconds.
 */
export class GatheredLines implements DestinationStream {
  /** Set by pino before each line. */
  lastLevel = 0;
  #lines = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly output: DestinationStream) {
    Reflect.set(this, Symbol.for("pino.metadata"), true);
  }

  write(line: string): void {
    this.#lines += line;
    if (this.lastLevel >= WARN || this.#lines.length >= MAX_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = "";
    if (lines !== "") this.output.write(lines);
  }
}
