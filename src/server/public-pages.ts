import { listModels, type ModelList, modelsOff } from "@agathaai/core/models";
import { db } from "@agathaai/core/platform/db/client";
import { FreshCache } from "@agathaai/core/platform/fresh-cache";
import { checkReadiness, type Readiness } from "@agathaai/core/platform/observability/health";
import { log } from "@agathaai/core/platform/observability/log";
import { getProviderHealth, type ProviderHealth } from "@agathaai/core/usage";
import { type Compatibility, readCompatibility } from "./gateway/compatibility/compatibility";

export interface PlatformStatus {
  readiness: Readiness;
  /** Null when the database cannot be asked. */
  providers: ProviderHealth[] | null;
  checkedAt: Date;
}

/** Anyone may load these pages any number of times: their data is read at most once in this time. */
const MAX_AGE_MS = 10_000;
const cache = new FreshCache<PlatformStatus>({ maxAgeMs: MAX_AGE_MS, maxEntries: 1 });

/** What the status page shows: real checks of this moment, and how the providers did in the last hour. */
export function getPlatformStatus(): Promise<PlatformStatus> {
  return cache.get("status", async () => {
    const [readiness, providers] = await Promise.all([
      checkReadiness(),
      getProviderHealth(db()).catch((error: unknown) => {
        log().warn({ err: error }, "provider health could not be read");
        return null;
      }),
    ]);
    return { readiness, providers, checkedAt: new Date() };
  });
}

/** The models as public pages show them. Without a database they still show the catalogue: prices do not change by it. */
export async function getPublicModels(): Promise<ModelList> {
  try {
    return listModels({ off: await modelsOff(db()) });
  } catch (error) {
    log().warn({ err: error }, "what is switched off could not be read");
    return listModels();
  }
}

/** It changes with the catalogue: on the days on which models retire. */
const COMPATIBILITY_MAX_AGE_MS = 10 * 60_000;
const compatibility = new FreshCache<Compatibility>({ maxAgeMs: COMPATIBILITY_MAX_AGE_MS, maxEntries: 1 });

/** What the gateway keeps, adapts and refuses. */
export function getCompatibility(): Promise<Compatibility> {
  return compatibility.get("compatibility", async () => readCompatibility(new Date()));
}
