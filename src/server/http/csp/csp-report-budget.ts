import { MINUTE } from "@agathaai/core/platform";
import { addressBlock } from "@agathaai/core/platform/network/address-block";

/** Messages that are read of one address block in a minute. */
const READ_PER_BLOCK = 60;
/** What one block may bring into the log in a minute that nobody else has. */
const TOLD_PER_BLOCK = 5;
/** Lines of this process in a minute. */
const TOLD = 300;
/** Beyond it all further blocks of the minute share what one has: memory has an end, and no block gets a second share. */
const MAX_BLOCKS = 10_000;
const OTHERS = "others";

interface Share {
  read: number;
  told: number;
}

/**
 * How much of what browsers report is read and told. Anybody can send reports, and as many as they like: each address block has
 * a share of its own, so that whoever floods uses up theirs and keeps nobody else's out, and the same violation is told once a
 * minute, whoever sends it.
 */
export class CspReportBudget {
  #startedAt = Number.NEGATIVE_INFINITY;
  readonly #shares = new Map<string, Share>();
  readonly #told = new Set<string>();

  /** Whether a message from this address is read. */
  mayRead(ip: string, now: number): boolean {
    this.#turn(now);
    const share = this.#shareOf(ip);
    share.read += 1;
    return share.read <= READ_PER_BLOCK;
  }

  /** Whether a violation is a line of the log. */
  mayTell(ip: string, violation: string, now: number): boolean {
    this.#turn(now);
    const share = this.#shareOf(ip);
    const isNew = !this.#told.has(violation);
    if (!isNew || share.told >= TOLD_PER_BLOCK || this.#told.size >= TOLD) return false;
    share.told += 1;
    this.#told.add(violation);
    return true;
  }

  /** Of how many blocks something is known. */
  get blocks(): number {
    return this.#shares.size;
  }

  #turn(now: number): void {
    if (now - this.#startedAt < MINUTE) return;
    this.#startedAt = now;
    this.#shares.clear();
    this.#told.clear();
  }

  #shareOf(ip: string): Share {
    const block = addressBlock(ip);
    const known = this.#shares.get(block);
    if (known !== undefined) return known;
    const key = this.#shares.size < MAX_BLOCKS ? block : OTHERS;
    const share = this.#shares.get(key) ?? { read: 0, told: 0 };
    this.#shares.set(key, share);
    return share;
  }
}
