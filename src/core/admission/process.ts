import { newId, SECOND } from "../platform";
import { log } from "../platform/observability/log";
import { type Connection, DatabaseAway } from "./commit/connection";

/**
 * A process that has not renewed its row for so long counts as dead: its calls are closed and its reservations
 * released.
 */
const LIFETIME_MS = 3.5 * SECOND;
const RENEW_EVERY_MS = SECOND;

/** No flush to disk: a row lost with a crash of PostgreSQL is renewed a second later. */
const NO_FLUSH = "set_config('synchronous_commit', 'off', true)";

/**
 * This process's row among those that are alive, renewed every second. One that was cut off or frozen for too long comes back
 * under a new id, as if it had just started: its reservations under the old one were released.
 */
export class Process {
  #id = newId();
  #registered = false;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;

  constructor(private readonly connection: Connection) {}

  get id(): string {
    return this.#id;
  }

  /** @throws DatabaseAway */
  async start(): Promise<void> {
    await this.renew();
    this.#timer ??= setInterval(() => {
      this.renew().catch((error: unknown) => {
        if (!(error instanceof DatabaseAway))
          log().error({ err: error }, "a process could not be kept alive");
      });
    }, RENEW_EVERY_MS).unref();
  }

  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Deletes the row, so that nobody waits for it to expire. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing?.catch(() => undefined);
    await this.connection
      .query({
        name: "end_process",
        text: "DELETE FROM admission_processes WHERE id = $1::uuid",
        values: [this.#id],
      })
      .catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const renewed = await this.connection.query({
      name: "renew_process",
      text: `UPDATE admission_processes SET expires_at = now() + $2::int * interval '1 millisecond'
        WHERE id = $1::uuid AND ${NO_FLUSH} = 'off' RETURNING id`,
      values: [this.#id, LIFETIME_MS],
    });
    if (renewed.length > 0) return;
    if (this.#registered)
      log().warn({ process: this.#id }, "this process was taken for dead and starts over");
    this.#registered = false;
    this.#id = newId();
    await this.connection.query({
      name: "start_process",
      text: `INSERT INTO admission_processes (id, started_at, expires_at)
        VALUES ($1::uuid, now(), now() + $2::int * interval '1 millisecond')`,
      values: [this.#id, LIFETIME_MS],
    });
    this.#registered = true;
  }
}
