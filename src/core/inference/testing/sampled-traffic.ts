import { until } from "../../../../infra/testing/until";
import { type AdmittedCall, recoverCalls } from "../../admission";
import { AppError, type KeyPrincipal } from "../../platform";
import { recallLeases } from "../../quota";
import { cancelInference } from "../index";
import { db, settle, times } from "./customers";
import { booksOf, complete, completeQueued, type ServerProcess } from "./processes";

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

/** Requests and calls of one caller that come and end in random numbers, over several processes. */
export class SampledTraffic {
  /** The codes of what was refused. */
  readonly refused = new Set<string>();
  readonly #waiting: string[] = [];
  readonly #open: AdmittedCall[] = [];
  /** A repeated idempotency key brings a request back that has ended. */
  readonly #seen = new Set<string>();

  constructor(
    private readonly caller: KeyPrincipal,
    private readonly random: (below: number) => number,
  ) {}

  /** @param keyOf the idempotency key of each request. */
  async submitOn(process: ServerProcess, keyOf?: (index: number) => string | undefined): Promise<void> {
    const result = await settle(
      times(10 + this.random(10), (index) =>
        process.submit(this.caller, { tokens: 60, idempotencyKey: keyOf?.(index) }),
      ),
    );
    for (const id of new Set(result.accepted)) {
      if (!this.#seen.has(id)) this.#waiting.push(id);
      this.#seen.add(id);
    }
    for (const error of result.reasons) this.refused.add(codeOf(error));
  }

  async callOn(process: ServerProcess): Promise<void> {
    const result = await settle(times(10, () => process.call(this.caller, 100)));
    this.#open.push(...result.accepted);
    for (const error of result.reasons) this.refused.add(codeOf(error));
  }

  /** Ends a share of what is open: calls are settled, requests completed or cancelled. */
  async endSome(share: number): Promise<void> {
    const calls = this.#open.splice(0, Math.ceil(this.#open.length * share));
    const ends = calls.map((call) => complete(call, this.random(101)).catch(codeOf));
    for (const end of await Promise.all(ends)) if (typeof end === "string") this.refused.add(end);
    const ids = this.#waiting.splice(0, Math.ceil(this.#waiting.length * share));
    await Promise.all(
      ids.map((requestId) =>
        this.random(4) === 0
          ? cancelInference(db, { orgId: this.caller.orgId, environment: "live", requestId })
          : completeQueued(requestId, this.random(60)),
      ),
    );
  }

  async endAll(): Promise<void> {
    while (this.#open.length + this.#waiting.length > 0) await this.endSome(1);
    await recoverCalls(db);
  }
}

export async function takeForDead(processId: string): Promise<void> {
  await db.admissionProcess.deleteMany({ where: { id: processId } });
  await recoverCalls(db);
}

/** The books once every lease has gone back. */
export async function atRest(caller: KeyPrincipal) {
  await until(async () => {
    await recallLeases(db, caller.orgId);
    return (await booksOf(caller)).leases === 0;
  }, 10_000);
  return await booksOf(caller);
}
