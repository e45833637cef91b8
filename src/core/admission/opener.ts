import { type AppError, type Db, SECOND } from "../platform";
import type { Pulse } from "../platform/db/pulse";
import { limitReached, recordRefusal } from "../quota";
import type { Allowance, CallToAdmit } from "./calls/call";
import { type OpenOutcome, type Opens, openCalls } from "./calls/open-call";
import { type Connection, DatabaseAway } from "./commit/connection";
import type { Budgets, Hold } from "./leases/budgets";
import { counted, type LeasedOpens, type Opened, openLeasedCalls } from "./leases/open-leased-calls";
import { Recalls } from "./leases/recalls";
import type { Process } from "./process";
import { withAllowance } from "./take-request";
import { cutOff, unavailable } from "./unavailable";

/** A call whose group failed this often goes alone. */
const MAX_CONTENDED_GROUPS = 3;
const MAX_TRIES = 50;
/** The longest wait of a caller for its call to be opened; a process that died with a lease is recovered within it. */
const OPEN_TIMEOUT_MS = 5 * SECOND;

interface OpenerParts {
  db: Db;
  connection: Connection;
  pulse: Pulse;
  process: Process;
  budgets: Budgets;
  /** For a call whose caller was told that it failed, though its row may still be written. */
  closeUnbilled(id: string, hold: Hold | undefined): Promise<void>;
}

type Decided = Extract<OpenOutcome, { outcome: "opened" | "refused" }>;

/** Writes the rows of calls that are admitted, in groups, and gives up on one whose caller has waited for five seconds. */
export class Opener {
  readonly #opens: Opens;
  readonly #leasedOpens: LeasedOpens;
  readonly #recalls: Recalls;

  constructor(private readonly parts: OpenerParts) {
    const { db, connection, process, budgets } = parts;
    this.#opens = openCalls(connection, () => process.id);
    this.#leasedOpens = openLeasedCalls(connection, () => process.id);
    this.#recalls = new Recalls(db, budgets);
  }

  /** Whether a call is likely to be opened soon. */
  get isUp(): boolean {
    return this.parts.connection.isUp && !this.parts.pulse.hangs;
  }

  /** Waits for groups under way. */
  async drain(): Promise<void> {
    await Promise.all([this.#opens.drain(), this.#leasedOpens.drain()]);
  }

  /** Opens a call that needs nothing of the counters. Where this process was taken for dead, it goes the direct way. */
  async leased(call: CallToAdmit, hold: Hold | undefined, requests: Allowance["requests"]): Promise<Opened> {
    const opening = this.#leasedOpens.add({ call, leaseId: hold?.lease.grant.id ?? null });
    let opened: boolean;
    try {
      opened = await this.#inTime(opening);
    } catch (error) {
      void opening.catch(() => undefined).then(() => this.parts.closeUnbilled(call.id, hold));
      throw unavailable(error);
    }
    if (opened) return { leased: true, hold };
    if (hold !== undefined) this.parts.budgets.settle(hold);
    await this.directly(call, requests);
    return counted;
  }

  /** Reserves in the counters. @throws AppError where the call is refused, with its allowance. */
  async directly(call: CallToAdmit, requests: Allowance["requests"]): Promise<Allowance> {
    const opened = await this.#open(call);
    const allowance: Allowance = { requests, tokens: opened.tokens };
    if (opened.outcome === "refused") throw this.#refuse(call, opened, allowance);
    return allowance;
  }

  async #open(call: CallToAdmit): Promise<Decided> {
    const opening = this.#tryToOpen(call);
    try {
      return await this.#inTime(opening);
    } catch (error) {
      void opening.catch(() => undefined).then(() => this.parts.closeUnbilled(call.id, undefined));
      throw unavailable(error);
    }
  }

  #inTime<T>(opening: Promise<T>): Promise<T> {
    return this.parts.pulse.watch(opening, { ms: OPEN_TIMEOUT_MS, late: () => new DatabaseAway(true) });
  }

  async #tryToOpen(call: CallToAdmit): Promise<Decided> {
    const deadline = performance.now() + OPEN_TIMEOUT_MS;
    for (let tried = 0, waited = 0; performance.now() < deadline; ) {
      const result = await this.#opens.add(call, { alone: tried >= MAX_CONTENDED_GROUPS });
      if (result.outcome === "opened" || result.outcome === "refused") return result;
      if (result.outcome === "overtaken") throw cutOff("its Idempotency-Key was given up meanwhile");
      if (result.outcome === "expired") await this.parts.process.renew();
      if (result.outcome === "held") await this.#recalls.wait(call.principal.orgId, ++waited);
      else if (++tried === MAX_TRIES)
        throw new Error("a call could not be opened: others took the headroom every time");
    }
    throw new DatabaseAway(false);
  }

  #refuse(
    { principal }: CallToAdmit,
    { state }: Extract<OpenOutcome, { outcome: "refused" }>,
    allowance: Allowance,
  ): AppError {
    const { orgId } = principal;
    const subjectId = state.by === "key_cap" && principal.kind === "key" ? principal.spendId : orgId;
    recordRefusal(this.parts.db, { ...state, orgId, subjectId });
    return withAllowance(limitReached(state), allowance);
  }
}
