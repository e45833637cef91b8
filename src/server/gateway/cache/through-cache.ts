import type { Db, Principal } from "@agathaai/core/platform";
import { afterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { type CacheScope, readCached, storeAnswer } from "@agathaai/core/response-cache";
import type { LiveEngine } from "@agathaai/worker/engine/live/live-engine";
import { MEBIBYTE } from "@/shared/bounds";
import { plans } from "@/shared/plans";
import type { PreparedCall } from "../dialect";
import type { Exchange } from "../exchange";
import { readCacheWish } from "./cache-wish";
import { replayingEngine, storingEngine } from "./cached-engine";

interface CallThroughCache {
  exchange: Exchange;
  principal: Principal;
  body: unknown;
  prepared: PreparedCall;
}

/**
 * The engine for a call that asks for the response cache: one that replays the stored answer, or one that stores what the
 * model answers. Where the organization forbids storage it is the engine as it was. A stored answer holds neither tokens nor money; it counts as a request and has its ledger row like any other.
 * @throws AppError `invalid_request`, param `x-agatha-cache`.
 */
export async function throughCache(
  db: Db,
  engine: LiveEngine,
  { exchange, principal, body, prepared }: CallThroughCache,
): Promise<LiveEngine> {
  const wish = readCacheWish(exchange.incoming.headers, principal);
  if (wish === undefined) return engine;
  if (principal.storage === "forbidden") {
    exchange.headers["x-agatha-cache"] = "off";
    return engine;
  }
  const { id: model, upstreamModel } = prepared.targets[0].model;
  const scope: CacheScope = {
    orgId: principal.orgId,
    environment: prepared.environment,
    endpoint: exchange.route,
    model,
    upstreamModel,
    ...(principal.residency !== undefined && { region: principal.residency }),
    body: withoutDelivery(body),
  };
  const { ttlSeconds, mayAnswer } = wish;
  const stored = mayAnswer ? await readCached(db, scope, { maxAgeSeconds: ttlSeconds }) : undefined;
  exchange.headers["x-agatha-cache"] = stored === undefined ? "miss" : "hit";
  if (stored === undefined) {
    const maxBytes = plans[principal.plan].cacheMebibytes * MEBIBYTE;
    return storingEngine(engine, (answer) =>
      afterResponse("store an answer", () => storeAnswer(db, scope, answer, { ttlSeconds, maxBytes })),
    );
  }
  exchange.headers.age = String(stored.ageSeconds);
  prepared.tokens = 0;
  prepared.costMicros = 0n;
  prepared.maxCost = undefined;
  return replayingEngine(engine, stored);
}

/** How an answer is delivered and whether it is kept changes nothing of it: a stream and a whole answer share one entry. */
const delivery: ReadonlySet<string> = new Set(["stream", "stream_options", "store", "metadata"]);

function withoutDelivery(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !delivery.has(name)));
}
