import { isCovered } from "@agathaai/core/models";
import { backoff } from "@agathaai/core/platform/concurrency/backoff";
import { type Place, placeOf } from "../../../../shared/places";
import type { Provider } from "../../../../shared/providers";
import type { Credential, Credentials } from "../../credentials/credentials";
import { ProviderFailure } from "../../failures/errors";
import type { Attempt, Target } from "../generation";
import type { CircuitBreaker } from "./circuit-breaker";
import { nextOwnKey } from "./own-keys";

export interface EngineHealth {
  /** Our keys at a place of a provider. */
  credentials(place: Place): Credentials;
  breaker: CircuitBreaker;
  now(): number;
}

/** A target that may be called now, and with what. The simulator needs no key. */
export interface Candidate {
  target: Target;
  credential: Credential | undefined;
  /** The credential is one of the customer's own. */
  isOwn?: boolean;
}

const RETRY_PAUSE = { baseMs: 100, capMs: 1_000, jitter: "equal" } as const;
const none: ReadonlySet<Credential> = new Set();
/** The longest wait for the same target, even if its provider asks for more. */
const LONGEST_RETRY_AFTER_MS = 2_000;

/**
 * Whom to call next; a customer's own keys come before ours, and ours after them only where they allow it. After a
 * failure, by kind: a refused or limited key → the next key, then the next target; what may
 * pass by itself → the same target once more, then the next; a time-out or an open circuit → the next target.
 */
export class Candidates {
  #index = 0;
  /** Attempts at the current target. */
  #tries = 0;
  #triedKeys: Set<Credential> | undefined;
  /** Why the last of them could not be called, or failed. */
  failure: ProviderFailure | undefined;

  constructor(
    private readonly health: EngineHealth,
    private readonly targets: readonly Target[],
    private readonly attemptsPerTarget: number,
    private readonly caller?: string,
  ) {}

  /** How many targets there are still, the one at hand included. */
  get left(): number {
    return Math.max(1, this.targets.length - this.#index);
  }

  /** The target at hand, or the first after it that may be called; undefined when none is left. */
  next(skipped: (attempt: Attempt) => void): Candidate | undefined {
    for (; ; this.moveOn()) {
      const target = this.targets[this.#index];
      if (target === undefined) return undefined;
      const { provider, model } = target;
      if (provider === "simulator") {
        if (this.#tries++ === 0) return { target, credential: undefined };
        continue;
      }
      const place = placeOf(provider, target.region);
      if (place === undefined) {
        // Refused long before; nothing leaves its region even if that were forgotten.
        this.failure ??= new ProviderFailure("auth", { provider, detail: `no place in ${target.region}` });
        continue;
      }
      if (target.hipaa && !isCovered(place)) {
        this.failure ??= new ProviderFailure("auth", { provider, detail: "no agreement covers it" });
        continue;
      }
      const own =
        target.own && nextOwnKey(target.own, this.#triedKeys ?? none, model.upstreamModel, this.health.now());
      const credential = own ?? this.#nextOfOurs(target, provider, place);
      if (credential === undefined) continue;
      if (this.health.breaker.admits(circuitOf(target))) {
        this.#tries++;
        return { target, credential, isOwn: own !== undefined };
      }
      const retryAfterMs = Math.ceil(this.health.breaker.pauseOf(circuitOf(target)));
      this.failure ??= new ProviderFailure("overloaded", { provider, detail: "circuit open", retryAfterMs });
      skipped({ ...named(target), outcome: "skipped", ms: 0 });
    }
  }

  moveOn(): void {
    this.#index++;
    this.#tries = 0;
    this.#triedKeys = undefined;
  }

  /** Takes in how an attempt ended; `undefined`: it answered. */
  report({ target, credential }: Candidate, failure: ProviderFailure | "aborted" | undefined): void {
    const { provider, model } = target;
    if (provider === "simulator" || credential === undefined) return;
    const isFailure = failure instanceof ProviderFailure;
    this.health.breaker.report(circuitOf(target), isFailure ? failure.kind : failure, this.caller);
    if (!isFailure) return;
    this.#triedKeys ??= new Set();
    this.#triedKeys.add(credential);
    const place = placeOf(provider, target.region);
    if (place !== undefined) this.health.credentials(place).report(credential, model.upstreamModel, failure);
  }

  /** Milliseconds to wait before the next attempt, which `next` then names. */
  pauseAfter(failure: ProviderFailure): number {
    const isOfTheKey = this.#tries > 1 && isRefusal(failure);
    // Of several keys at one target, one that is only limited will serve again by itself: that is what to wait for.
    if (!(isOfTheKey && this.failure?.kind === "rate_limited")) this.failure = failure;
    const { kind, retryAfterMs = 0, attempts } = failure;
    if (isRefusal(failure)) return 0;
    const mayPass = kind !== "timeout" && retryAfterMs <= LONGEST_RETRY_AFTER_MS;
    if (!mayPass || this.#tries >= Math.min(attempts, this.attemptsPerTarget)) {
      this.moveOn();
      return 0;
    }
    // The key had no part in it.
    this.#triedKeys = undefined;
    return Math.max(retryAfterMs, backoff(this.#tries - 1, RETRY_PAUSE));
  }

  #nextOfOurs({ model, own }: Target, provider: Provider, place: Place): Credential | undefined {
    if (own !== undefined && !own.thenOurs) return undefined;
    const found = this.health.credentials(place).next(model.upstreamModel, this.#triedKeys ?? none);
    if (found === undefined && this.#tries === 0) {
      this.failure = new ProviderFailure("auth", { provider, detail: "no API key is set" });
    }
    return found;
  }
}

/** Another key may be taken where this one was not. */
function isRefusal({ kind }: ProviderFailure): boolean {
  return kind === "auth" || kind === "rate_limited";
}

/** A target in the words of a receipt. */
export function named({ provider, model }: Target): Pick<Attempt, "model" | "provider" | "upstream"> {
  if (model.routing === undefined) return { model: model.id, provider };
  return { model: model.id, provider, upstream: model.upstreamModel };
}

const circuits = new WeakMap<Target["model"], string>();

/** The name under which latency and failures of a target are remembered: put together once for a model at its own provider. */
export function circuitOf({ provider, region, model }: Target): string {
  if (region !== undefined) return `${provider}-${region}/${model.upstreamModel}`;
  const known = provider === model.provider ? circuits.get(model) : undefined;
  if (known !== undefined) return known;
  const circuit = `${provider}/${model.upstreamModel}`;
  if (provider === model.provider) circuits.set(model, circuit);
  return circuit;
}
