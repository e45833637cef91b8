import { createHmac } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, State, StripeEvent } from "./objects/objects";

const FIRST_RETRY_MS = 1_000;
const LONGEST_WAIT_MS = 10 * 60_000;
const MAX_ATTEMPTS = 20;
const TIMEOUT_MS = 20_000;

/** `t=…,v1=…` over the exact bytes that are sent. */
export function signature(body: string, secret: string, at = Math.floor(Date.now() / 1_000)): string {
  return `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
}

/** Sends events to subscribed endpoints, and again with growing pauses until they answer 2xx. */
export class Deliveries {
  /** While true, events are neither sent nor kept: an outage of webhooks. */
  outage = false;
  #stop = new AbortController();
  #running = new Set<Promise<void>>();

  constructor(
    private readonly state: State,
    private readonly changed: () => void,
  ) {
    // Every waiting delivery listens to this signal.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Resumes the deliveries an earlier run left. */
  resume(): void {
    for (const delivery of this.state.deliveries) this.#start(delivery);
  }

  add(event: StripeEvent): void {
    if (this.outage) return;
    for (const endpoint of Object.values(this.state.endpoints)) {
      const wants = endpoint.enabled_events.some((type) => type === "*" || type === event.type);
      if (!wants || endpoint.status !== "enabled") continue;
      const delivery = { event: event.id, endpoint: endpoint.id, attempts: 0, nextAt: Date.now() };
      this.state.deliveries.push(delivery);
      this.#start(delivery);
    }
  }

  /** Resolves when no delivery is running. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  #start(delivery: Delivery): void {
    const running = this.#deliver(delivery).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && delivery.attempts < MAX_ATTEMPTS) {
      try {
        await sleep(Math.max(0, delivery.nextAt - Date.now()), undefined, { signal });
      } catch {
        return;
      }
      if (await this.#send(delivery)) break;
      if (signal.aborted) return;
      delivery.nextAt = Date.now() + Math.min(LONGEST_WAIT_MS, FIRST_RETRY_MS * 2 ** delivery.attempts);
      delivery.attempts += 1;
    }
    this.state.deliveries.splice(this.state.deliveries.indexOf(delivery), 1);
    this.changed();
  }

  async #send({ event: id, endpoint: to }: Delivery): Promise<boolean> {
    const [event, endpoint, secret] = [
      this.state.events[id],
      this.state.endpoints[to],
      this.state.endpoint_secrets[to],
    ];
    if (event === undefined || endpoint === undefined || secret === undefined) return true;
    const api_version = endpoint.api_version ?? event.api_version;
    const body = JSON.stringify({ ...event, api_version }, null, 2);
    try {
      const answer = await fetch(endpoint.url, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json; charset=utf-8",
          "stripe-signature": signature(body, secret),
        },
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
