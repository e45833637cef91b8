import { setImmediate as nextTurn } from "node:timers/promises";
import { type AppError, type Db, type Environment, type Principal, SECOND } from "../platform";
import { Pulse } from "../platform/db/pulse";
import { LEASE_CHANNEL, limitReached, recordRefusal } from "../quota";
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
import { type OpenOutcome, type Opens, openCalls } from "./calls/open-call";
import { Settlements } from "./calls/settle-call";
import { settleLate } from "./calls/settle-late";
import { Connection, DatabaseAway, LeftInDoubt } from "./commit/connection";
import { Budgets, type Hold } from "./leases/budgets";
import { counted, type LeasedOpens, type Opened, openLeasedCalls } from "./leases/open-leased-calls";
import { Recalls } from "./leases/recalls";
import { Process } from "./process";
import { countHeldRequest, countRequest, lookAtAllowance, withAllowance } from "./take-request";
import { cutOff, notSettled, unavailable } from "./unavailable";

/** A call whose group failed this often goes alone. */
const MAX_CONTENDED_GROUPS = 3;
const MAX_TRIES = 50;
/** The longest wait of a caller for its call to be opened; a process that died with a lease is recovered within it. */
const OPEN_TIMEOUT_MS = 5 * SECOND;

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
  readonly #recalls: Recalls;
  readonly #opens: Opens;
  readonly #leasedOpens: LeasedOpens;
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
    const processId = () => this.#process.id;
    this.#budgets = new Budgets(this.#leasing, processId);
    this.#recalls = new Recalls(db, this.#budgets);
    this.#opens = openCalls(this.#opening, processId);
    this.#leasedOpens = openLeasedCalls(this.#opening, processId);
    this.#settlements = new Settlements(this.#settling, keepMs);
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
    if (!this.#opening.isUp || this.#pulse.hangs) throw unavailable();
    const requests =
      call.requests ?? countHeldRequest(call) ?? (await countRequest(this.db, call, this.#pulse));
    const hold = call.environment === "live" ? this.#budgets.reserve(call, { queued: false }) : undefined;
    if (hold !== undefined || call.environment === "test") {
      const tokens = hold === undefined ? null : this.#budgets.allowanceOf(hold);
      const opening = this.#openLeased(call, hold, requests);
      return this.#admitted(call, { requests, tokens }, { leased: true, opening });
    }
    const allowance = await this.#openDirectly(call, requests);
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
    await Promise.all([this.#opens.drain(), this.#leasedOpens.drain()]);
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

  /** The row of a call that needs nothing of the counters. Where this process was taken for dead, it goes the direct way. */
  async #openLeased(
    call: CallToAdmit,
    hold: Hold | undefined,
    requests: Allowance["requests"],
  ): Promise<Opened> {
    const opening = this.#leasedOpens.add({ call, leaseId: hold?.lease.grant.id ?? null });
    let opened: boolean;
    try {
      opened = await this.#inTime(opening);
    } catch (error) {
      void opening.catch(() => undefined).then(() => this.#closeUnbilled(call.id, hold));
      throw unavailable(error);
    }
    if (opened) return { leased: true, hold };
    if (hold !== undefined) this.#budgets.settle(hold);
    await this.#openDirectly(call, requests);
    return counted;
  }

  /** @throws AppError Where it is refused, with its allowance. */
  async #openDirectly(call: CallToAdmit, requests: Allowance["requests"]): Promise<Allowance> {
    const opened = await this.#open(call);
    const allowance: Allowance = { requests, tokens: opened.tokens };
    if (opened.outcome === "refused") throw this.#refuse(call, opened, allowance);
    return allowance;
  }

  async #open(call: CallToAdmit): Promise<Extract<OpenOutcome, { outcome: "opened" | "refused" }>> {
    const opening = this.#tryToOpen(call);
    try {
      return await this.#inTime(opening);
    } catch (error) {
      void opening.catch(() => undefined).then(() => this.#closeUnbilled(call.id, undefined));
      throw unavailable(error);
    }
  }

  #inTime<T>(opening: Promise<T>): Promise<T> {
    return this.#pulse.watch(opening, { ms: OPEN_TIMEOUT_MS, late: () => new DatabaseAway(true) });
  }

  async #tryToOpen(call: CallToAdmit): Promise<Extract<OpenOutcome, { outcome: "opened" | "refused" }>> {
    const deadline = performance.now() + OPEN_TIMEOUT_MS;
    for (let tried = 0, waited = 0; performance.now() < deadline; ) {
      const result = await this.#opens.add(call, { alone: tried >= MAX_CONTENDED_GROUPS });
      if (result.outcome === "opened" || result.outcome === "refused") return result;
      if (result.outcome === "overtaken") throw cutOff("its Idempotency-Key was given up meanwhile");
      if (result.outcome === "expired") await this.#process.renew();
      if (result.outcome === "held") await this.#recalls.wait(call.principal.orgId, ++waited);
      else if (++tried === MAX_TRIES)
        throw new Error("a call could not be opened: others took the headroom every time");
    }
    throw new DatabaseAway(false);
  }

  #closeUnbilled(id: string, hold: Hold | undefined): Promise<void> {
    return this.#release(hold, closeUnbilled(this.#settlements, id));
  }

  async #release(hold: Hold | undefined, ended: Promise<Settled | undefined>): Promise<void> {
    const settled = await ended;
    if (settled !== undefined && hold !== undefined) this.#budgets.settle(hold, usedBy(settled));
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
