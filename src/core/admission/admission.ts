import { SECOND } from "../platform/clock";
import { singleton } from "../platform/concurrency/singleton";
import { withTimeout } from "../platform/concurrency/with-timeout";
import { type Db, db } from "../platform/db/client";
import { env } from "../platform/env";
import { AppError } from "../platform/errors";
import { log } from "../platform/observability/log";
import type { Environment, Principal } from "../platform/principal";
import { limitReached, recordRefusal } from "../quota";
import { ACCESS_CHANNEL, forgetAccess, forgetAllAccess } from "./access-changes";
import type { AdmittedCall, Allowance, CallEnd, CallToAdmit, Settlement } from "./call";
import { Connection, DatabaseAway } from "./commit/connection";
import { type OpenOutcome, type Opens, openCalls } from "./open-call";
import { Process } from "./process";
import { Settlements } from "./settle-call";
import { countRequest, lookAtAllowance, withAllowance } from "./take-request";

/** A call whose group failed this often goes alone. */
const MAX_CONTENDED_GROUPS = 3;
const MAX_TRIES = 50;
const RETRY_AFTER_SECONDS = 1;
/** A caller does not wait longer for its call to be opened. */
const OPEN_TIMEOUT_MS = 5 * SECOND;

/**
 * Says whether a call whose caller waits may go, and what it holds: one of the requests of this minute, and a reservation of
 * tokens and money that its settlement replaces. Everything runs over three connections of its own (ADR 37).
 */
export class Admission {
  readonly #control: Connection;
  readonly #opening: Connection;
  readonly #settling: Connection;
  readonly #process: Process;
  readonly #opens: Opens;
  readonly #settlements: Settlements;
  #started: Promise<void> | undefined;
  #openCalls = 0;

  constructor(
    private readonly db: Db,
    { url }: { url: string },
  ) {
    this.#control = new Connection({
      url,
      name: "agatha admission: control",
      listen: { channels: [ACCESS_CHANNEL], onMessage: (_, payload) => forgetAccess(payload) },
      // What was told while it was away is lost.
      onOpen: forgetAllAccess,
    });
    this.#opening = new Connection({ url, name: "agatha admission: open" });
    this.#settling = new Connection({ url, name: "agatha admission: settle" });
    this.#process = new Process(this.#control);
    this.#opens = openCalls(this.#opening, () => this.#process.id);
    this.#settlements = new Settlements(this.#settling);
  }

  /** Opens its connections, as the first call would. @throws AppError `service_unavailable` */
  start(): Promise<void> {
    this.#started ??= this.#start().catch((error: unknown) => {
      this.#started = undefined;
      throw unavailable(error);
    });
    return this.#started;
  }

  /**
   * @throws AppError `rate_limit_exceeded`, `quota_exceeded`, `spend_cap_reached` (nothing is held then; `allowanceOf` tells how the limits
   * stand), `service_unavailable` (PostgreSQL is away).
   */
  async admit(call: CallToAdmit): Promise<AdmittedCall> {
    await this.start();
    if (!this.#opening.isUp) throw unavailable();
    const requests = await countRequest(this.db, call).catch((error: unknown) => {
      throw error instanceof AppError ? error : unavailable(error);
    });
    const opened = await this.#open(call);
    const allowance: Allowance = { requests, tokens: opened.tokens };
    if (opened.outcome === "refused") throw this.#refuse(call, opened, allowance);
    return this.#admitted(call, allowance);
  }

  /** How a caller's limits stand, for the headers of an answer to a call that was not admitted. */
  allowance(principal: Principal, environment: Environment): Promise<Allowance> {
    return lookAtAllowance(this.db, principal, environment);
  }

  /** Under which this process's calls are open, once it has started. */
  get processId(): string {
    return this.#process.id;
  }

  /** Calls that have been opened here and are not settled yet, and settlements that wait. */
  get state(): { open: number; settling: number } {
    return { open: this.#openCalls, settling: this.#settlements.waiting };
  }

  /** Waits for settlements under way. Call it when no call is open any more; those that are count as failed. */
  async close(): Promise<void> {
    await this.#opens.drain();
    await this.#settlements.drain();
    await this.#process.stop();
    await Promise.all([this.#control.close(), this.#opening.close(), this.#settling.close()]);
  }

  async #start(): Promise<void> {
    await Promise.all([this.#opening.open(), this.#settling.open(), this.#process.start()]);
  }

  async #open(call: CallToAdmit): Promise<Extract<OpenOutcome, { outcome: "opened" | "refused" }>> {
    try {
      return await withTimeout(this.#tryToOpen(call), OPEN_TIMEOUT_MS, () => new DatabaseAway(true));
    } catch (error) {
      // It may have been committed all the same: then it is closed again.
      this.#settlements.add(call.id, { status: "failed" }).catch(() => undefined);
      throw unavailable(error);
    }
  }

  async #tryToOpen(call: CallToAdmit): Promise<Extract<OpenOutcome, { outcome: "opened" | "refused" }>> {
    for (let tried = 0; tried < MAX_TRIES; tried++) {
      const result = await this.#opens.add(call, { alone: tried >= MAX_CONTENDED_GROUPS });
      if (result.outcome === "opened" || result.outcome === "refused") return result;
      if (result.outcome === "expired") await this.#process.renew();
    }
    throw new Error("a call could not be opened: others took the headroom every time");
  }

  #refuse(
    { principal }: CallToAdmit,
    { state }: Extract<OpenOutcome, { outcome: "refused" }>,
    allowance: Allowance,
  ): AppError {
    const { orgId } = principal;
    const subjectId = state.by === "key_cap" && principal.kind === "key" ? principal.spendId : orgId;
    recordRefusal(this.db, { ...state, orgId, subjectId });
    return withAllowance(limitReached(state), allowance);
  }

  #admitted({ id }: CallToAdmit, allowance: Allowance): AdmittedCall {
    let settled: Promise<Settlement> | undefined;
    this.#openCalls += 1;
    return {
      id,
      allowance,
      opened: Promise.resolve(),
      settle: (end) => {
        settled ??= this.#settle(id, end).finally(() => {
          this.#openCalls -= 1;
        });
        return settled;
      },
    };
  }

  async #settle(id: string, end: CallEnd): Promise<Settlement> {
    let settlement: Settlement | null;
    try {
      settlement = await this.#settlements.add(id, end);
    } catch (error) {
      if (error instanceof DatabaseAway) throw unavailable(error);
      log().error({ err: error, request: id }, "a settlement was refused: the call ends as failed, unbilled");
      await this.#settlements.add(id, { status: "failed" }).catch(() => undefined);
      throw new AppError("internal_error", {
        public: "Something failed on our side. This call was not billed. Try again.",
        internal: "a settlement was refused",
        cause: error,
      });
    }
    if (settlement !== null) return settlement;
    throw new AppError("service_unavailable", {
      public: "This call was cut off on our side. It was not billed. Try again.",
      internal: "the call had been closed: this process was taken for dead",
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

function unavailable(cause?: unknown): AppError {
  if (cause !== undefined && !(cause instanceof DatabaseAway))
    log().error({ err: cause }, "a call could not be admitted");
  return new AppError("service_unavailable", {
    public: "Temporarily unavailable. Nothing was billed. Try again in a moment.",
    internal: "admission: PostgreSQL is away",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

/** One a process. */
const running = singleton("admission", () => new Admission(db(), { url: env().DATABASE_URL }));

export function admission(): Admission {
  return running();
}

/** Settles what is under way, if any call was ever admitted here. */
export async function closeAdmission(): Promise<void> {
  await running.clear()?.close();
}
