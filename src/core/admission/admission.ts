import { setImmediate as nextTurn } from "node:timers/promises";
import type { Db, Environment, Principal } from "../platform";
import { Pulse } from "../platform/db/pulse";
import { LEASE_CHANNEL } from "../quota";
import { ACCESS_CHANNEL, forgetAccess, forgetAllAccess } from "./access-changes";
import type {
  AdmittedCall,
  Allowance,
  CallEnd,
  CallToAdmit,
  CallToReserve,
  QueuedHold,
  Settlement,
} from "./calls/call";
import { closeUnbilled } from "./calls/close-unbilled";
import { type Settled, settledAsUsual, usedBy } from "./calls/ended-call";
import { Settlements } from "./calls/settle-call";
import { settleLate } from "./calls/settle-late";
import { Connection, DatabaseAway, LeftInDoubt } from "./commit/connection";
import { Budgets, type Hold } from "./leases/budgets";
import { counted, type Opened } from "./leases/open-leased-calls";
import { Opener } from "./opener";
import { Process } from "./process";
import { countHeldRequest, countRequest, lookAtAllowance } from "./take-request";
import { cutOff, notSettled, unavailable } from "./unavailable";

/**
 * Decides whether a call whose caller waits is admitted, and reserves for it: one of the requests of this minute, and a reservation of
 * tokens and money that its settlement replaces: out of a block that this process holds, or else out of the counters. Everything runs
 * over four connections of its own (ADR 37).
 */
export class Admission {
  readonly #control: Connection;
  readonly #opening: Connection;
  readonly #settling: Connection;
  readonly #leasing: Connection;
  readonly #pulse: Pulse;
  readonly #process: Process;
  readonly #budgets: Budgets;
  readonly #opener: Opener;
  readonly #settlements: Settlements;
  #started: Promise<void> | undefined;
  #isStarted = false;
  #openCalls = 0;

  constructor(
    private readonly db: Db,
    { url, pulse = new Pulse(), keepMs }: { url: string; pulse?: Pulse; keepMs?: number },
  ) {
    this.#pulse = pulse;
    this.#control = new Connection({
      url,
      name: "agatha admission: control",
      listen: {
        channels: [ACCESS_CHANNEL, LEASE_CHANNEL],
        onMessage: (channel, payload) => this.#told(channel, payload),
      },
      // Notifications sent while it was away are lost.
      onOpen: () => {
        forgetAllAccess();
        this.#budgets.recallAll();
      },
    });
    this.#opening = new Connection({ url, name: "agatha admission: open" });
    this.#settling = new Connection({ url, name: "agatha admission: settle" });
    this.#leasing = new Connection({ url, name: "agatha admission: leases" });
    this.#process = new Process(this.#control);
    this.#budgets = new Budgets(this.#leasing, () => this.#process.id);
    this.#settlements = new Settlements(this.#settling, keepMs);
    this.#opener = new Opener({
      db,
      connection: this.#opening,
      pulse,
      process: this.#process,
      budgets: this.#budgets,
      closeUnbilled: (id, hold) => this.#closeUnbilled(id, hold),
    });
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
    if (!this.#isStarted) await this.start();
    if (!this.#opener.isUp) throw unavailable();
    const requests =
      call.requests ?? countHeldRequest(call) ?? (await countRequest(this.db, call, this.#pulse));
    const hold = call.environment === "live" ? this.#budgets.reserve(call, { queued: false }) : undefined;
    if (hold !== undefined || call.environment === "test") {
      const tokens = hold === undefined ? null : this.#budgets.allowanceOf(hold);
      const opening = this.#opener.leased(call, hold, requests);
      return this.#admitted(call, { requests, tokens }, { leased: true, opening });
    }
    const allowance = await this.#opener.directly(call, requests);
    return this.#admitted(call, allowance, { leased: false, opening: Promise.resolve(counted) });
  }

  /**
   * Reserves for a live request that will wait in the queue, in a block that this process holds; undefined where there is none with room.
   * The statement that accepts it moves the reservation out of the block (ADR 56).
   */
  reserveQueued(request: CallToReserve): QueuedHold | undefined {
    const hold = this.#budgets.reserve(request, { queued: true });
    if (hold === undefined) return undefined;
    const { id: leaseId, processId } = hold.lease.grant;
    return {
      leaseId,
      processId,
      accepted: () => this.#budgets.move(hold),
      unused: () => this.#budgets.settle(hold),
      unknown: () => this.#budgets.doubt(hold),
    };
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
    await this.#opener.drain();
    await this.#settlements.drain();
    // What has just been settled is taken out of its lease before the lease is given back.
    await nextTurn();
    await this.#budgets.close();
    await this.#process.stop();
    await Promise.all(
      [this.#control, this.#opening, this.#settling, this.#leasing].map((one) => one.close()),
    );
  }

  async #start(): Promise<void> {
    const opening = [this.#opening, this.#settling, this.#leasing].map((connection) => connection.open());
    await Promise.all([...opening, this.#process.start()]);
    this.#budgets.start();
    this.#pulse.listen(() => this.#control.query({ name: "pulse", text: "SELECT 1", values: [] }));
    this.#isStarted = true;
  }

  #told(channel: string, payload: string): void {
    const orgId = channel === LEASE_CHANNEL ? payload : forgetAccess(payload);
    if (orgId !== undefined) this.#budgets.recall(orgId);
  }

  #closeUnbilled(id: string, hold: Hold | undefined): Promise<void> {
    return this.#release(hold, closeUnbilled(this.#settlements, id));
  }

  async #release(hold: Hold | undefined, ended: Promise<Settled | undefined>): Promise<void> {
    const settled = await ended;
    if (settled !== undefined && hold !== undefined) this.#budgets.settle(hold, usedBy(settled));
  }

  #admitted(
    call: CallToAdmit,
    allowance: Allowance,
    { leased, opening }: { leased: boolean; opening: Promise<Opened> },
  ): AdmittedCall {
    let settled: Promise<Settlement> | undefined;
    this.#openCalls += 1;
    // A call that was never opened has nothing to settle.
    const opened = opening.then(nothing, (error: unknown) => {
      this.#openCalls -= 1;
      throw error;
    });
    return {
      id: call.id,
      allowance,
      leased,
      opened,
      settle: (end) => {
        settled ??= this.#settleOnce(call, end, opening);
        return settled;
      },
    };
  }

  async #settleOnce(call: CallToAdmit, end: CallEnd, opening: Promise<Opened>): Promise<Settlement> {
    const open = await opening;
    try {
      return await this.#settle(call, end, open);
    } finally {
      this.#openCalls -= 1;
    }
  }

  async #settle(call: CallToAdmit, end: CallEnd, { leased, hold }: Opened): Promise<Settlement> {
    let settled: Settled | null;
    try {
      settled = await this.#settlements.add(call.id, end, { leased, call });
    } catch (error) {
      if (error instanceof LeftInDoubt && end.status === "completed") {
        void this.#release(hold, settleLate(this.#settlements, call, end, { leased }));
        return { billedMicros: settledAsUsual({ ...call, end, doubtful: true })?.micros ?? 0n };
      }
      void this.#closeUnbilled(call.id, hold);
      throw error instanceof DatabaseAway ? unavailable(error) : notSettled(call.id, error);
    }
    if (hold !== undefined) this.#budgets.settle(hold, usedBy(settled));
    if (settled !== null) return { billedMicros: settled.micros };
    throw cutOff("it had been closed meanwhile");
  }
}

function nothing(): void {}
