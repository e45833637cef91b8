import { pino } from "pino";
import type { GatheredLines } from "./gathered-lines";

/** Ids, patterns and numbers alone, so that nothing has to be searched for secrets. What is undefined is left out. */
export type CallFields = Readonly<Record<string, string | number | boolean | undefined>>;

const INFO = pino.levels.values.info ?? 30;

/**
 * Lines about calls that have ended, as the logger writes them, but put together by hand: nearly every line is one of these, and the
 * logger's serializers, formatters and clock take several times as long.
 */
export class CallLines {
  readonly #isOn: boolean;

  constructor(
    level: string,
    private readonly output: Pick<GatheredLines, "lastLevel" | "write">,
  ) {
    this.#isOn = (pino.levels.values[level] ?? Number.POSITIVE_INFINITY) <= INFO;
  }

  write(fields: CallFields): void {
    if (!this.#isOn) return;
    this.output.lastLevel = INFO;
    this.output.write(
      `{"level":"info","time":"${isoNow()}",${JSON.stringify(fields).slice(1, -1)},"msg":"request"}\n`,
    );
  }
}

let [second, beginning] = [Number.NaN, ""];

/** `new Date().toISOString()`, whose text is made once a second up to its milliseconds. */
function isoNow(): string {
  const now = Date.now();
  const current = Math.floor(now / 1_000);
  if (current !== second) {
    second = current;
    beginning = new Date(current * 1_000).toISOString().slice(0, -4);
  }
  return `${beginning}${String(now - current * 1_000).padStart(3, "0")}Z`;
}
