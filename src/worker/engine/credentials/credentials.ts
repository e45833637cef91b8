import type { ProviderFailure } from "../failures/errors";

/** A refused key is looked at again after this. */
const REFUSED_MS = 60_000;
/** A limited one after this, where the provider names no time. */
const LIMITED_MS = 5_000;
const LONGEST_MS = 5 * 60_000;

/** A key at a provider, and when it may be used again: at all, and for a model. */
export interface Credential {
  readonly key: string;
  /** Tells it from the others in a receipt, without a part of it: `agathaai-2`, `own-1`. */
  readonly label: string;
  restUntil: number;
  readonly restUntilByModel: Map<string, number>;
}

/**
 * Our keys at one provider. Calls take turns over those that work; a key that was refused or has reached its limit rests.
 * When all rest, the one that is due first is used: resting is a guess, the provider's answer is none.
 */
export class Credentials {
  readonly #credentials: readonly Credential[];
  #turn = 0;

  constructor(
    keys: readonly string[],
    private readonly now: () => number,
  ) {
    this.#credentials = keys.map((key, index) => ({
      key,
      label: `agathaai-${index + 1}`,
      restUntil: 0,
      restUntilByModel: new Map(),
    }));
  }

  /** The next one that is not among `tried`; undefined when there is none. */
  next(model: string, tried: ReadonlySet<Credential>): Credential | undefined {
    const now = this.now();
    const count = this.#credentials.length;
    const first = this.#turn++ % Math.max(1, count);
    let best: Credential | undefined;
    for (let step = 0; step < count; step++) {
      const credential = this.#credentials[(first + step) % count];
      if (credential === undefined || tried.has(credential)) continue;
      if (dueAt(credential, model) <= now) return credential;
      if (best === undefined || dueAt(credential, model) < dueAt(best, model)) best = credential;
    }
    return best;
  }

  /** Limits are a model's own; a refusal is the key's. */
  report(credential: Credential, model: string, { kind, retryAfterMs }: ProviderFailure): void {
    const until = this.now() + Math.min(retryAfterMs ?? LIMITED_MS, LONGEST_MS);
    if (kind === "auth") credential.restUntil = this.now() + REFUSED_MS;
    else if (kind === "rate_limited") credential.restUntilByModel.set(model, until);
  }
}

/** When it may be used for a model again. */
export function dueAt({ restUntil, restUntilByModel }: Credential, model: string): number {
  return Math.max(restUntil, restUntilByModel.get(model) ?? 0);
}
