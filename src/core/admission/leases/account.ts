import { SECOND } from "../../platform";
import type { CallToReserve } from "../calls/call";
import type { Amounts, Lease } from "./lease";

/** A caller gets a lease after so many calls within this time. */
const BUSY_CALLS = 3;
const BUSY_WITHIN_MS = 2 * SECOND;
/** A first block is for so many calls; each that runs out early makes the next four times as large. */
const FIRST_SIZE = 64;
const MAX_SIZE = 65_536;
const SHOULD_LAST_MS = 2 * SECOND;
/** A block for fewer calls is not worth its round trip. */
const LEAST_CALLS = 4;
/** After a crash the ledger rows since the lease began are summed, so a lease is renewed before they are many. */
const RENEW_AFTER_MS = 30 * SECOND;
const IDLE_MS = 2 * SECOND;
/** After a refusal or a recall, calls go without a lease for this long. */
const PAUSE_MS = SECOND;

/** The calls of one key, or of an organization's people, in this process. */
export class Account {
  /** The lease that takes calls; others may still be closing. */
  active: Lease | undefined;
  /** Counts recalls: a lease that was asked for before one is closed when it comes. */
  recalls = 0;
  asking = false;
  #notBefore = 0;
  #queuedNotBefore = 0;
  #size = FIRST_SIZE;
  #windowBegan = performance.now();
  #callsInWindow = 0;
  #lastCallAt = this.#windowBegan;

  constructor(readonly orgId: string) {}

  called(now: number): void {
    if (now - this.#windowBegan > BUSY_WITHIN_MS) {
      this.#windowBegan = now;
      this.#callsInWindow = 0;
    }
    this.#callsInWindow += 1;
    this.#lastCallAt = now;
  }

  wantsLease(now: number, { queued }: { queued: boolean }): boolean {
    if (this.asking || now < (queued ? this.#queuedNotBefore : this.#notBefore)) return false;
    if (!queued && this.active?.grant.queuedOnly) return false;
    if (this.active === undefined) return this.#callsInWindow >= BUSY_CALLS;
    return this.active.low || now - this.active.grantedAt > RENEW_AFTER_MS;
  }

  /** How much to ask for, by the size of the call that comes. */
  sizes(asked: Amounts, now: number): { want: Amounts; least: Amounts } {
    if (this.active?.low && now - this.active.grantedAt < SHOULD_LAST_MS)
      this.#size = Math.min(MAX_SIZE, this.#size * 4);
    return { want: times(asked, this.#size), least: times(asked, LEAST_CALLS) };
  }

  replace(lease: Lease): void {
    this.active?.close();
    this.active = lease;
  }

  /** There is no block to be had: none for calls whose callers wait, or none at all. */
  denied(now: number, { queued }: { queued: boolean }): void {
    this.#pause(now, queued);
    if (this.active !== undefined && now - this.active.grantedAt > RENEW_AFTER_MS) this.close();
  }

  recall(now: number): void {
    this.recalls += 1;
    this.#pause(now, true);
    this.close();
  }

  #pause(now: number, all: boolean): void {
    this.#notBefore = now + PAUSE_MS;
    if (all) this.#queuedNotBefore = this.#notBefore;
  }

  close(): void {
    this.active?.close();
    this.active = undefined;
  }

  /** Returns an idle lease. @returns whether this account can be forgotten. */
  rest(now: number): boolean {
    if (now - this.#lastCallAt < IDLE_MS) return false;
    this.close();
    this.#size = FIRST_SIZE;
    return !this.asking && now >= this.#notBefore;
  }
}

export function accountKeyOf({ principal }: CallToReserve): string {
  return principal.kind === "key" ? principal.apiKeyId : principal.orgId;
}

function times({ tokens, micros }: Amounts, count: number): Amounts {
  return { tokens: tokens * count, micros: micros * count };
}
