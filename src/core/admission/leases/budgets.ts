import { millisecondOfId, SECOND } from "../../platform";
import { log } from "../../platform/observability/log";
import type { CallToReserve, LimitAllowance } from "../calls/call";
import { type Connection, DatabaseAway } from "../commit/connection";
import { Account, accountKeyOf } from "./account";
import { type Amounts, Lease } from "./lease";
import { type Ask, type Grants, grantLeases, newAsk, reportLeases } from "./lease-statements";

const REPORT_EVERY_MS = SECOND;
const MAX_REPORTS = 500;
/** A grant whose connection broke may still be committed for so long: PostgreSQL ends a statement by then. */
const DOUBT_MS = 12 * SECOND;

/** The reservation of one call in a lease. */
export interface Hold {
  lease: Lease;
  asked: Amounts;
}

/**
 * The blocks of tokens and money that this process holds (ADR 37). Nothing here waits: a call for which there is no room in a
 * block is reserved in the counters, and a block is asked for beside it.
 */
export class Budgets {
  readonly #accounts = new Map<string, Account>();
  readonly #leases = new Map<string, Lease>();
  /** Grants that may have been committed without our hearing of it: ended until that is certain. */
  readonly #doubtful = new Map<string, number>();
  readonly #grants: Grants;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #reporting: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly processId: () => string,
  ) {
    this.#grants = grantLeases(connection, processId);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), REPORT_EVERY_MS).unref();
  }

  /**
   * Reserves for a call whose caller waits, or for a request that will wait in the queue; undefined where there is no block with room
   * for it.
   */
  reserve(call: CallToReserve, { queued }: { queued: boolean }): Hold | undefined {
    const now = performance.now();
    const key = accountKeyOf(call);
    const account = this.#accounts.get(key) ?? new Account(call.principal.orgId);
    this.#accounts.set(key, account);
    account.called(now);
    const asked = { tokens: call.tokens, micros: Number(call.costMicros) };
    const lease = account.active;
    const reserved =
      lease !== undefined &&
      (queued || !lease.grant.queuedOnly) &&
      this.#isOurs(lease) &&
      lease.reserve(asked, millisecondOfId(call.id));
    if (!this.#closed && account.wantsLease(now, { queued }))
      this.#ask(account, { call, queued, ...account.sizes(asked, now) });
    return reserved ? { lease, asked } : undefined;
  }

  /** Once the settlement is committed, or where the call was never opened. */
  settle({ lease, asked }: Hold, took: Amounts = { tokens: 0, micros: 0 }): void {
    lease.settle(asked, took);
    if (lease.closing) this.#reportSoon();
  }

  /** Once a queued request is accepted under it: the reservation is the request's own. */
  move({ lease, asked }: Hold): void {
    lease.move(asked);
    if (lease.closing) this.#reportSoon();
  }

  /** Where nobody knows whether it was. */
  doubt({ lease }: Hold): void {
    lease.doubt();
    this.#reportSoon();
  }

  /** Releases the free part of an organization's blocks at once. */
  recall(orgId: string): void {
    const now = performance.now();
    for (const account of this.#accounts.values()) if (account.orgId === orgId) account.recall(now);
    this.#reportSoon();
  }

  /** After a time without messages: any of them may have been a recall. */
  recallAll(): void {
    const now = performance.now();
    for (const account of this.#accounts.values()) account.recall(now);
    this.#reportSoon();
  }

  allowanceOf({ lease }: Hold): LimitAllowance | null {
    return lease.allowance();
  }

  /** Gives everything back that no call holds. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#grants.drain();
    this.recallAll();
    clearImmediate(this.#soon);
    await this.#reporting;
    await this.#report();
  }

  #isOurs({ grant }: Lease): boolean {
    return grant.processId === this.processId();
  }

  #ask(account: Account, asked: Omit<Ask, "id">): void {
    const { recalls } = account;
    const ask = newAsk(asked);
    account.asking = true;
    this.#grants
      .add(ask)
      .then(
        (grant) => {
          if (grant === null) return account.denied(performance.now(), asked);
          const lease = new Lease(grant);
          this.#leases.set(grant.id, lease);
          if (account.recalls === recalls && !this.#closed) account.replace(lease);
          else lease.close();
          this.#reportSoon();
        },
        (error: unknown) => {
          account.denied(performance.now(), asked);
          if (!(error instanceof DatabaseAway)) log().error({ err: error }, "a lease could not be granted");
          else if (error.sent) this.#doubtful.set(ask.id, performance.now() + DOUBT_MS);
        },
      )
      .finally(() => {
        account.asking = false;
      });
  }

  #tick(): void {
    const now = performance.now();
    for (const [key, account] of this.#accounts) {
      const { active } = account;
      if (active !== undefined && (!this.#isOurs(active) || Date.now() >= active.grant.validUntil))
        account.close();
      if (account.rest(now)) this.#accounts.delete(key);
    }
    // Leases of a process that was taken for dead are settled from the ledger.
    for (const [id, lease] of this.#leases) if (!this.#isOurs(lease)) this.#leases.delete(id);
    this.#reportSoon();
  }

  #reportSoon(): void {
    if (this.#soon !== undefined || this.#reporting !== undefined) return;
    this.#soon = setImmediate(() => {
      this.#soon = undefined;
      this.#reporting = this.#report().finally(() => {
        this.#reporting = undefined;
      });
    });
  }

  /** Repeats until nothing has changed: calls settled or closed during a report go into the next one. */
  async #report(): Promise<void> {
    for (;;) {
      const leases = [...this.#leases.values()]
        .filter((lease) => lease.dirty && this.#isOurs(lease))
        .slice(0, MAX_REPORTS);
      const doubtful = [...this.#doubtful.keys()];
      if (leases.length + doubtful.length === 0) return;
      for (const lease of leases) lease.dirty = false;
      const reports = [...leases.map((lease) => lease.report()), ...doubtful.map(nothingHeld)];
      try {
        const taken = await reportLeases(this.connection, { processId: this.processId(), reports });
        for (const [index, lease] of leases.entries()) this.#reported(lease, reports[index]?.ended, taken);
        const now = performance.now();
        for (const id of doubtful) if (now > (this.#doubtful.get(id) ?? 0)) this.#doubtful.delete(id);
      } catch (error) {
        for (const lease of leases) lease.dirty = true;
        if (!(error instanceof DatabaseAway)) log().error({ err: error }, "leases could not be reported");
        return;
      }
      if (![...this.#leases.values()].some((lease) => lease.dirty && lease.closing)) return;
    }
  }

  #reported(lease: Lease, ended: boolean | undefined, taken: Map<string, number>): void {
    const tokensTaken = taken.get(lease.grant.id);
    if (tokensTaken === undefined || ended) this.#leases.delete(lease.grant.id);
    if (tokensTaken === undefined) lease.close();
    else lease.tokensTaken = tokensTaken;
  }
}

function nothingHeld(id: string) {
  const nothing: Amounts = { tokens: 0, micros: 0 };
  return { id, spent: nothing, kept: nothing, free: nothing, ended: true };
}
