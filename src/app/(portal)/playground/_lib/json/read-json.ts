/** What is wrong with a text, and where: lines and columns count from 1. */
export interface TextProblem {
  message: string;
  line: number;
  column: number;
  offset: number;
}

export type Path = readonly (string | number)[];

export interface JsonText {
  value: unknown;
  /** Where the value at a path begins; the nearest one above it that is there. */
  offsetOf(path: Path): number;
}

const DEEPEST = 200;

/**
 * JSON, with its places. Browsers' own parsers word an error each in their own way and some without a position, so what
 * a person is told here is ours.
 */
export function readJson(text: string): { json: JsonText } | { problem: TextProblem } {
  const reader = new Reader(text);
  try {
    const value = reader.readAll();
    return { json: { value, offsetOf: (path) => reader.offsetOf(path) } };
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return { problem: problemAt(text, error.offset, error.message) };
  }
}

export function problemAt(text: string, offset: number, message: string): TextProblem {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { message, line, column: offset - before.lastIndexOf("\n"), offset };
}

class NotJson extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

class Reader {
  #at = 0;
  readonly #offsets = new Map<string, number>();

  constructor(private readonly text: string) {}

  readAll(): unknown {
    const value = this.#value([]);
    this.#blanks();
    if (this.#at < this.text.length) this.#fail("Nothing may follow the value");
    return value;
  }

  offsetOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const offset = this.#offsets.get(JSON.stringify(path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return this.#offsets.get("[]") ?? 0;
  }

  #value(path: Path): unknown {
    this.#blanks();
    if (path.length > DEEPEST) this.#fail("This is nested too deeply");
    this.#offsets.set(JSON.stringify(path), this.#at);
    const letter = this.text[this.#at];
    if (letter === "{") return this.#object(path);
    if (letter === "[") return this.#array(path);
    if (letter === '"') return this.#string();
    if (letter === undefined) this.#fail("A value is missing at the end");
    return this.#scalar();
  }

  #object(path: Path): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.#at++;
    this.#blanks();
    if (this.#took("}")) return {};
    for (;;) {
      this.#blanks();
      const start = this.#at;
      if (this.text[start] === "}")
        this.#fail("Remove the comma before this bracket", lastComma(this.text, start));
      if (this.text[start] !== '"') this.#fail("A property's name goes in double quotes");
      const name = this.#string();
      if (entries.some(([other]) => other === name)) this.#fail(`"${name}" is here twice`, start);
      this.#blanks();
      if (!this.#took(":")) this.#fail(`A colon must follow "${name}"`);
      entries.push([name, this.#value([...path, name])]);
      this.#blanks();
      if (this.#took("}")) return Object.fromEntries(entries);
      if (!this.#took(",")) this.#fail("A comma or } is missing here");
    }
  }

  #array(path: Path): unknown[] {
    const items: unknown[] = [];
    this.#at++;
    this.#blanks();
    if (this.#took("]")) return items;
    for (;;) {
      this.#blanks();
      if (this.text[this.#at] === "]")
        this.#fail("Remove the comma before this bracket", lastComma(this.text, this.#at));
      items.push(this.#value([...path, items.length]));
      this.#blanks();
      if (this.#took("]")) return items;
      if (!this.#took(",")) this.#fail("A comma or ] is missing here");
    }
  }

  #string(): string {
    const start = this.#at;
    for (this.#at++; this.#at < this.text.length; this.#at++) {
      const letter = this.text[this.#at] ?? "";
      if (letter === "\n") break;
      if (letter === "\\") this.#at++;
      else if (letter === '"') {
        this.#at++;
        return this.#parsed(start, "This text holds an escape that JSON does not know");
      }
    }
    return this.#fail("This text has no closing quote on its line", start);
  }

  /** true, false, null or a number: up to what may follow a value. */
  #scalar(): unknown {
    const start = this.#at;
    while (this.#at < this.text.length && !/[\s,:\]}[{"]/.test(this.text[this.#at] ?? "")) this.#at++;
    const word = this.text.slice(start, this.#at);
    if (this.#at === start) this.#fail(`A value is missing before "${this.text[start]}"`, start);
    const hint = word.startsWith("'")
      ? "Text goes in double quotes"
      : `"${word}" is no JSON value; text goes in double quotes`;
    return this.#parsed(start, hint);
  }

  #parsed<Value>(start: number, complaint: string): Value {
    try {
      return JSON.parse(this.text.slice(start, this.#at));
    } catch {
      return this.#fail(complaint, start);
    }
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? "")) this.#at++;
  }

  #took(letter: string): boolean {
    if (this.text[this.#at] !== letter) return false;
    this.#at++;
    return true;
  }

  #fail(message: string, offset = this.#at): never {
    throw new NotJson(offset, message);
  }
}

function lastComma(text: string, before: number): number {
  return Math.max(0, text.lastIndexOf(",", before));
}
