import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setPriority } from "node:os";
import { type Manner, Receiver } from "./receivers";

/** What a receiver says of itself in the end. */
export interface Account {
  manner: Manner;
  calls: number;
  forged: number;
  taken: string[];
}

/**
 * Receivers of webhooks in a process of their own. They stand for customers' machines: what they do must not hold up the clock of
 * the load, and everybody else on this machine goes first.
 */
export class ReceiversProcess {
  readonly #child: ChildProcess;

  constructor(manners: readonly Manner[]) {
    this.#child = fork(import.meta.filename, manners, { execArgv: ["--import", "tsx"] });
    if (this.#child.pid !== undefined) setPriority(this.#child.pid, 19);
  }

  /** Their addresses, once they listen. */
  async urls(): Promise<string[]> {
    return (await this.#answer()) as string[];
  }

  /** The secret of each, in the order of their addresses. */
  knowSecrets(secrets: readonly string[]): void {
    this.#child.send(secrets);
  }

  async accounts(): Promise<Account[]> {
    const answer = this.#answer();
    this.#child.send("accounts");
    return (await answer) as Account[];
  }

  stop(): void {
    this.#child.kill();
  }

  async #answer(): Promise<unknown> {
    const [message] = await once(this.#child, "message");
    return message;
  }
}

/** The process itself. */
async function serve(manners: readonly Manner[]): Promise<void> {
  const receivers = manners.map((manner) => new Receiver(manner));
  for (const receiver of receivers) await receiver.listen();
  process.on("message", (message: "accounts" | string[]) => {
    if (message === "accounts")
      process.send?.(
        receivers.map(({ manner, calls, forged, taken }) => ({ manner, calls, forged, taken: [...taken] })),
      );
    else
      receivers.forEach((receiver, index) => {
        receiver.secret = message[index] ?? "";
      });
  });
  process.once("disconnect", () => process.exit());
  process.send?.(receivers.map(({ url }) => url));
}

if (process.argv[1] === import.meta.filename) await serve(process.argv.slice(2) as Manner[]);
