import { AppError, type Db, MINUTE, SECOND } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import { pulse } from "../platform/db/pulse";
import { FreshCache } from "../platform/fresh-cache";
import type { Model } from "./find-model";

/** A model that is turned off is refused everywhere within this time, and at once in the process that turned it off. */
const MAX_AGE_MS = 5 * SECOND;
/** While PostgreSQL is away the last answer serves: what needs it refuses. */
const MAX_STALE_MS = MINUTE;

/** One a process: a switch in the console is seen by the API at once. */
const cache = singleton(
  "model switches",
  () =>
    new FreshCache<ReadonlySet<string>>({ maxAgeMs: MAX_AGE_MS, maxStaleMs: MAX_STALE_MS, maxEntries: 1 }),
);

/** The models that operators have switched off, at most five seconds ago. */
export function modelsOff(db: Db): Promise<ReadonlySet<string>> {
  return cache().get("off", async () => {
    const reading = db.modelSwitch.findMany({ where: { off: true }, select: { modelId: true } });
    const rows = await pulse().watch(reading);
    return new Set(rows.map(({ modelId }) => modelId));
  });
}

/** The same at once, where it was read lately. */
export function knownModelsOff(): ReadonlySet<string> | undefined {
  return cache().fresh("off");
}

/** To be called after a switch. */
export function forgetModelSwitches(): void {
  cache().drop("off");
}

/**
 * Off by its own switch, or by that of the successor that would answer. A retired model's own switch leaves its
 * successor on: who asks for that one by name is answered.
 */
export function isSwitchedOff(
  { id, answeredBy }: Pick<Model, "id" | "answeredBy">,
  off: ReadonlySet<string>,
): boolean {
  return off.has(id) || off.has(answeredBy);
}

/**
 * Refuses a model that is switched off; a repetition is of no use until an operator switches it on.
 * @throws AppError `model_unavailable` (param `model`).
 */
export async function assertModelOn(db: Db, model: Pick<Model, "id" | "answeredBy">): Promise<void> {
  refuseSwitchedOff(model, await modelsOff(db));
}

/** The same by what `modelsOff` has read. @throws AppError `model_unavailable`. */
export function refuseSwitchedOff(model: Pick<Model, "id" | "answeredBy">, off: ReadonlySet<string>): void {
  if (!isSwitchedOff(model, off)) return;
  throw new AppError("model_unavailable", { public: switchedOffNotice(model), param: "model" });
}

export function switchedOffNotice({ id, answeredBy }: Pick<Model, "id" | "answeredBy">): string {
  const which = id === answeredBy ? id : `${id}, which ${answeredBy} answers,`;
  return `${which} is turned off for now. New requests to it are refused; requests already accepted will finish. Use another model.`;
}
