import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";

export interface Call {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What it does with a call: answers with a status, never answers, or closes the connection. */
export type Answer = number | "silence" | "hang-up";

interface Told extends Call {
  nr: number;
}
interface Decided {
  nr: number;
  answer: Answer;
}

const FILE = fileURLToPath(import.meta.url);

/**
 * Somebody's receiver of webhooks, as a process of its own that can be killed. It knows nothing: each call is told here, and
 * what it answers is decided here.
 */
export class Receiver {
  #child: ChildProcess | undefined;
  #port = 0;

  constructor(private readonly decide: (call: Call) => Answer | Promise<Answer>) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The second time at the address of the first. */
  async start(): Promise<void> {
    const child = fork(FILE, [String(this.#port)], { execArgv: ["--import", "tsx"] });
    this.#child = child;
    // It may be killed while it is being told something.
    child.on("error", () => {});
    const [port] = await once(child, "message");
    this.#port = Number(port);
    child.on("message", async ({ nr, ...call }: Told) => {
      const answer = await this.decide(call);
      if (child.connected) child.send({ nr, answer } satisfies Decided);
    });
  }

  /** Leaves it no time for anything. What it had told before is known here then. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = Promise.all([once(child, "exit"), once(child, "disconnect")]);
    child.kill("SIGKILL");
    await ended;
  }
}

/** The process itself. */
function serve(port: number): void {
  const waiting = new Map<number, ServerResponse>();
  let calls = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, `${value}`]),
    );
    calls += 1;
    waiting.set(calls, response);
    process.send?.({ nr: calls, path: request.url ?? "", headers, body } satisfies Told);
  });
  process.on("message", ({ nr, answer }: Decided) => {
    const response = waiting.get(nr);
    waiting.delete(nr);
    if (answer === "hang-up") response?.destroy();
    else if (answer !== "silence") response?.writeHead(answer).end();
  });
  process.once("disconnect", () => process.exit());
  // Its port is its own while it lives; whoever had it in between gives it back.
  const listen = () => server.listen(port, "127.0.0.1");
  server.on("error", () => setTimeout(listen, 100));
  server.once("listening", () => {
    const address = server.address();
    process.send?.(typeof address === "object" ? address?.port : undefined);
  });
  listen();
}

if (process.argv[1] === FILE) serve(Number(process.argv[2]));
