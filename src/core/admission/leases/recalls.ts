import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "../../platform";
import { RECALL_PAUSE_MS, recallLeases } from "../../quota";
import { recoverCalls } from "../calls/recover-calls";
import { watchersAreCertain } from "../calls/silence";
import type { Budgets } from "./budgets";

/** Live processes return what they hold at once; after so many tries, the lease may be a dead process's. */
const DEAD_AFTER = 50;
const RECOVER_EVERY = 25;

/** For a call that does not fit while leases hold more than calls under way: they are recalled before its refusal is final. */
export class Recalls {
  constructor(
    private readonly db: Db,
    private readonly budgets: Pick<Budgets, "recall">,
  ) {}

  /** @param tries how often this call has waited. */
  async wait(orgId: string, tries: number): Promise<void> {
    this.budgets.recall(orgId);
    await recallLeases(this.db, orgId);
    // The worker does the same every second, but a call must not depend on a worker.
    if (tries >= DEAD_AFTER && tries % RECOVER_EVERY === 0 && (await watchersAreCertain(this.db)))
      await recoverCalls(this.db);
    await sleep(RECALL_PAUSE_MS);
  }
}
