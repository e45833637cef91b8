import { modelIdOfUpstream } from "@agathaai/core/models";
import { ProviderFailure } from "../failures/errors";
import { countCall } from "../provider-metrics";
import type { Provider, ProviderAccess } from "../providers/provider";
import type { Credential, Credentials } from "./credentials";

/**
 * A provider of the queue's path over all of our keys: what one of them is refused, unpaid or limited for is tried with
 * the next, within the time of one attempt. Where all fail, the queue hears of the failure that may pass by itself.
 */
export function rotatingProvider(
  connect: (access: ProviderAccess) => Provider,
  { baseUrl, ring }: { baseUrl: string; ring: Credentials },
): Provider {
  const withoutKey = connect({ apiKey: undefined, baseUrl });
  const connected = new Map<string, Provider>();
  const withKey = (apiKey: string): Provider => {
    const provider = connected.get(apiKey) ?? connect({ apiKey, baseUrl });
    connected.set(apiKey, provider);
    return provider;
  };
  return {
    name: withoutKey.name,
    async complete(request, { signal, timeoutMs }) {
      const { upstreamModel } = request;
      const model = modelIdOfUpstream(upstreamModel) ?? upstreamModel;
      const until = performance.now() + timeoutMs;
      const tried = new Set<Credential>();
      let failure: ProviderFailure | undefined;
      /** What the key before was told; the last answer is counted by whoever asked. */
      let before: (() => void) | undefined;
      for (
        let credential = ring.next(upstreamModel, tried);
        credential !== undefined;
        credential = ring.next(upstreamModel, tried)
      ) {
        const startedAt = performance.now();
        if (failure !== undefined && startedAt >= until) break;
        before?.();
        try {
          const options = { signal, timeoutMs: Math.max(1, Math.ceil(until - startedAt)) };
          return await withKey(credential.key).complete(request, options);
        } catch (error) {
          if (!isOfTheKey(error)) throw error;
          ring.report(credential, upstreamModel, error);
          const ms = performance.now() - startedAt;
          before = () => countCall({ provider: withoutKey.name, model }, ms, error.kind);
          tried.add(credential);
          failure = failure?.retryable ? failure : error;
        }
      }
      if (failure !== undefined) throw failure;
      return withoutKey.complete(request, { signal, timeoutMs });
    },
  };
}

/** Another key may be taken where this one was not. */
function isOfTheKey(error: unknown): error is ProviderFailure {
  return error instanceof ProviderFailure && (error.kind === "auth" || error.kind === "rate_limited");
}
