import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { Webhook } from "standardwebhooks";

/** How a receiver takes what it is sent. */
export const manners = ["takes", "fails", "hangs", "dies"] as const;
export type Manner = (typeof manners)[number];

/** Of what hangs: so many calls are never answered. The worker gives each fifteen seconds. */
const HANGING_CALLS = 4;
const DEAD_MS = 3_000;
/** It dies again after so many calls. */
const LIVES_FOR_CALLS = 400;

/**
 * Somebody's receiver of webhooks. Each believes a call only by its signature, and remembers every event it has answered with 200.
 * - `fails` answers 500 to the first call about each second event.
 * - `hangs` never answers its first calls.
 * - `dies` closes its port and every connection now and then, and comes back.
 */
export class Receiver {
  readonly taken = new Set<string>();
  /** Calls whose signature is not of its secret. */
  forged = 0;
  calls = 0;
  /** Set once its endpoint is made. */
  secret = "";
  #server: Server | undefined;
  #port = 0;
  readonly #refused = new Set<string>();

  constructor(readonly manner: Manner) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async listen(): Promise<void> {
    const server = createServer(this.#take);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  readonly #take: RequestListener = (request, response) => {
    readText(request).then(
      (body) => this.#answer(request, response, body),
      () => response.destroy(),
    );
  };

  #answer({ headers }: IncomingMessage, response: ServerResponse, body: string): void {
    this.calls += 1;
    const event = String(headers["webhook-id"]);
    if (!this.#isGenuine(headers, body)) {
      this.forged += 1;
      response.writeHead(401).end();
    } else if (this.manner === "hangs" && this.calls <= HANGING_CALLS) return;
    else if (this.manner === "dies" && this.calls % LIVES_FOR_CALLS === 0) this.#die();
    else if (this.manner === "fails" && !this.#refused.has(event) && this.calls % 2 === 0) {
      this.#refused.add(event);
      response.writeHead(500).end("no");
    } else {
      this.taken.add(event);
      response.writeHead(200).end();
    }
  }

  #die(): void {
    this.close();
    setTimeout(() => void this.listen(), DEAD_MS);
  }

  #isGenuine(headers: IncomingMessage["headers"], body: string): boolean {
    try {
      new Webhook(this.secret).verify(body, {
        "webhook-id": String(headers["webhook-id"]),
        "webhook-timestamp": String(headers["webhook-timestamp"]),
        "webhook-signature": String(headers["webhook-signature"]),
      });
      return true;
    } catch {
      return false;
    }
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
