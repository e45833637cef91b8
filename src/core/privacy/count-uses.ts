import { LRUCache } from "lru-cache";
import type { Db } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import { log } from "../platform/observability/log";

/** A process tells the database of so many encryptions at once. One that dies loses fewer, for each key. */
export const TOLD_AT = 1_024;
const MOST_TALLIES = 10_000;

/** How often this process has encrypted with one version of a data key since it told the database. */
export class Tally {
  #uses = 0;

  constructor(
    readonly rowId: string,
    readonly version: number,
    /** Whether the database says that nobody has used it: then it is told of the first use at once. */
    private unused: boolean,
  ) {}

  count(): void {
    this.#uses += 1;
    if (this.#uses < TOLD_AT && !this.unused) return;
    this.unused = false;
    uses().due.add(this);
  }

  take(): number {
    const taken = this.#uses;
    this.#uses = 0;
    return taken;
  }

  giveBack(taken: number): void {
    this.#uses += taken;
  }
}

/** One per process, and longer than the keys themselves are in memory. */
const uses = singleton("uses of data keys", () => ({
  tallies: new LRUCache<string, Tally>({ max: MOST_TALLIES }),
  due: new Set<Tally>(),
}));

export function tallyOf({
  rowId,
  version,
  unused,
}: {
  rowId: string;
  version: number;
  unused: boolean;
}): Tally {
  const { tallies } = uses();
  const name = `${rowId}:${version}`;
  const tally = tallies.get(name) ?? new Tally(rowId, version, unused);
  tallies.set(name, tally);
  return tally;
}

export function areUsesDue(): boolean {
  return uses().due.size > 0;
}

/** Adds to the database what was counted. A count for a version that has been replaced meanwhile is of no more interest. */
export async function tellUses(db: Db): Promise<void> {
  const due = [...uses().due];
  uses().due.clear();
  for (const tally of due) {
    const taken = tally.take();
    try {
      await db.$executeRaw`
        UPDATE data_keys SET encryptions = encryptions + ${taken}::int
        WHERE id = ${tally.rowId}::uuid AND version = ${tally.version}::int`;
    } catch (error) {
      tally.giveBack(taken);
      uses().due.add(tally);
      log().warn({ err: error }, "uses of a data key could not be counted yet");
    }
  }
}
