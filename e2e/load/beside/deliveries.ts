import { setTimeout as sleep } from "node:timers/promises";
import { type Db, newId, toPublicId } from "../../../src/core/platform";
import { createEndpoint, createEndpointInputSchema, emitEvents } from "../../../src/core/webhooks";
import { openOwner } from "../customers";
import type { Manner } from "./receivers";
import { type Account, ReceiversProcess } from "./receivers-process";

/** Two fail, one hangs and one dies now and then; the others take what comes. */
const MANNERS: readonly Manner[] = [
  "takes",
  "fails",
  "takes",
  "dies",
  "takes",
  "hangs",
  "takes",
  "fails",
  "takes",
  "takes",
];
const EVENT = "key.created";
/** Of one statement. */
const EVENTS = 200;

/** One organization with ten endpoints, each with a receiver of its own: an event is ten deliveries. */
export class Deliveries {
  readonly #receivers = new ReceiversProcess(MANNERS);
  readonly #events = new Set<string>();
  #orgId = "";

  constructor(private readonly db: Db) {}

  get count(): number {
    return this.#events.size * MANNERS.length;
  }

  async open(): Promise<void> {
    const principal = await openOwner(this.db);
    this.#orgId = principal.orgId;
    const secrets: string[] = [];
    for (const url of await this.#receivers.urls()) {
      const input = createEndpointInputSchema.parse({ url, events: [EVENT] });
      secrets.push((await createEndpoint(this.db, { principal, input })).secret);
    }
    this.#receivers.knowSecrets(secrets);
  }

  close(): void {
    this.#receivers.stop();
  }

  /** Makes so many deliveries, all due at once. */
  async emit(count: number): Promise<void> {
    for (let left = Math.ceil(count / MANNERS.length); left > 0; left -= EVENTS) {
      const ids = Array.from({ length: Math.min(left, EVENTS) }, () => newId());
      for (const id of ids) this.#events.add(id);
      const events = ids.map((id) => ({ id, orgId: this.#orgId, type: EVENT, data: { id } }) as const);
      await emitEvents(this.db, events);
    }
  }

  async left(): Promise<number> {
    return await this.db.webhookDelivery.count({ where: { orgId: this.#orgId, status: "pending" } });
  }

  /**
   * Waits until every delivery has arrived. A receiver that failed is tried again after five seconds, then after minutes: where nothing is
   * due any more the bench does not wait for those.
   */
  async drain(withinMs: number): Promise<void> {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(1_000)) {
      if ((await this.left()) === 0) return;
      // A delivery that is claimed, and under way, is due only when its claim has run out.
      await this.db.$executeRaw`
        UPDATE webhook_deliveries SET next_attempt_at = now() WHERE org_id = ${this.#orgId}::uuid AND status = 'pending'
          AND last_error IS NOT NULL AND next_attempt_at > now() AND retries = attempts`;
    }
  }

  /** How often the receivers were called, and what was lost, forged, or believed to have arrived and did not; empty where all is well. */
  async outcome(): Promise<{ calls: number; faults: string[] }> {
    const accounts = await this.#receivers.accounts();
    return {
      calls: accounts.reduce((sum, { calls }) => sum + calls, 0),
      faults: await this.#faultsIn(accounts),
    };
  }

  async #faultsIn(accounts: readonly Account[]): Promise<string[]> {
    const delivered = await this.db.webhookDelivery.count({
      where: { orgId: this.#orgId, status: "delivered" },
    });
    const events = [...this.#events].map((id) => toPublicId("evt", id));
    const found = (what: string, count: number) => (count === 0 ? [] : [`${count} ${what}`]);
    return [
      ...found("are not recorded as delivered", this.count - delivered),
      ...accounts.flatMap(({ manner, taken, forged }) => [
        ...found(`were lost on the way to one that ${manner}`, without(events, taken).length),
        ...found(`came to one that ${manner} with a signature that is not its own`, forged),
        ...found(`came to one that ${manner} about nothing that happened`, without(taken, events).length),
      ]),
    ];
  }
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const known = new Set(some);
  return all.filter((one) => !known.has(one));
}
