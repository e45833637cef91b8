import type { LimitAllowance } from "../calls/call";

/** Tokens and micro-dollars. */
export interface Amounts {
  tokens: number;
  micros: number;
}

/** A lease as the database granted it. */
export interface Grant extends Amounts {
  id: string;
  processId: string;
  /** Null without a limit. */
  limitTokens: number | null;
  /** Used and reserved by all, this block included, when it was last heard of. */
  tokensTaken: number;
  /** The calls it may serve are of these instants (ms): its period and its month. */
  validFrom: number;
  validUntil: number;
  periodEnds: Date;
  /** Usage beyond the quota is paid for: no call may be settled in it, because only the counters know which is beyond. */
  queuedOnly: boolean;
}

/** A report of a lease: sums since it was granted, so that a repeated report changes nothing. */
export interface LeaseReport {
  id: string;
  spent: Amounts;
  /**
   * What it holds of the counters' reservations, and what it has moved to queued requests. The sum stays the same when such a request is
   * accepted, so that it may be reported while that is under way: the row knows what was moved.
   */
  kept: Amounts;
  free: Amounts;
  ended: boolean;
}

/** A block of an organization's tokens and money: this process reserves and settles calls in it without asking anybody. */
export class Lease {
  readonly grantedAt = performance.now();
  lastUsedAt = this.grantedAt;
  tokensTaken: number;
  /** Something has changed since the last report. */
  dirty = false;
  #closing = false;
  #calls = 0;
  readonly #free: Amounts;
  readonly #reserved: Amounts = { tokens: 0, micros: 0 };
  readonly #spent: Amounts = { tokens: 0, micros: 0 };
  readonly #moved: Amounts = { tokens: 0, micros: 0 };

  constructor(readonly grant: Grant) {
    this.tokensTaken = grant.tokensTaken;
    this.#free = { tokens: grant.tokens, micros: grant.micros };
  }

  get closing(): boolean {
    return this.#closing;
  }

  get ended(): boolean {
    return this.#closing && this.#calls === 0;
  }

  /** Whether most of it is held by calls under way, or spent. */
  get low(): boolean {
    const { tokens, micros } = this.grant;
    return this.#free.tokens < tokens / 4 || this.#free.micros < micros / 4;
  }

  /** Reserves the most that a call can use. */
  reserve(asked: Amounts, at: number): boolean {
    const { validFrom, validUntil } = this.grant;
    if (this.#closing || at < validFrom || at >= validUntil) return false;
    if (this.#free.tokens < asked.tokens || this.#free.micros < asked.micros) return false;
    this.#calls += 1;
    add(this.#free, asked, -1);
    add(this.#reserved, asked, 1);
    this.lastUsedAt = performance.now();
    return true;
  }

  /** Replaces a call's reservation by its usage, once that is committed. */
  settle(asked: Amounts, took: Amounts): void {
    this.#calls -= 1;
    add(this.#reserved, asked, -1);
    add(this.#spent, took, 1);
    if (!this.#closing) {
      add(this.#free, asked, 1);
      add(this.#free, took, -1);
    }
    this.dirty = true;
  }

  /**
   * A queued request was accepted: its reservation has moved out of the lease, and its settlement does not come back
   * here.
   */
  move(asked: Amounts): void {
    this.#calls -= 1;
    add(this.#reserved, asked, -1);
    add(this.#moved, asked, 1);
    if (this.#closing) this.dirty = true;
  }

  /**
   * Nobody knows whether a queued request was accepted. Its reservation stays here, and the lease takes no further calls: when it
   * ends, the row says what is left to give back, and whatever is still under way finds no lease.
   */
  doubt(): void {
    this.#calls -= 1;
    this.close();
    this.dirty = true;
  }

  /** Returns what no call holds, and takes no further calls. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    Object.assign(this.#free, { tokens: 0, micros: 0 });
    this.dirty = true;
  }

  report(): LeaseReport {
    const free = { tokens: Math.max(0, this.#free.tokens), micros: Math.max(0, this.#free.micros) };
    const kept = { ...free };
    add(kept, this.#reserved, 1);
    add(kept, this.#moved, 1);
    return { id: this.grant.id, spent: { ...this.#spent }, kept, free, ended: this.ended };
  }

  allowance(): LimitAllowance | null {
    const { limitTokens: limit, periodEnds: resetAt } = this.grant;
    if (limit === null) return null;
    const remaining = Math.max(0, limit - this.tokensTaken + Math.max(0, this.#free.tokens));
    return { limit, remaining, resetAt };
  }
}

function add(to: Amounts, { tokens, micros }: Amounts, sign: 1 | -1): void {
  to.tokens += sign * tokens;
  to.micros += sign * micros;
}
