import { singleton } from "@agathaai/core/platform/concurrency/singleton";
import type { Env } from "@agathaai/core/platform/env";
import { type Provider, providerIds, providerVariables } from "../../../shared/providers";
import { Credentials } from "./credentials";

/** Our keys at each provider, with the state of each: in use, resting, refused. */
export type CredentialRings = Readonly<Record<Provider, Credentials>>;

type KeyEnv = Pick<Env, ReturnType<typeof providerVariables>["apiKey"]>;

export function createCredentialRings(
  env: KeyEnv,
  now: () => number = () => performance.now(),
): CredentialRings {
  const ring = (id: Provider) => [id, new Credentials(keysIn(env[providerVariables(id).apiKey]), now)];
  return Object.fromEntries(providerIds.map(ring)) as CredentialRings;
}

const shared = singleton("credential rings", createCredentialRings);

/** The process's own: calls of `/v1` and jobs of the queue learn from one another which key rests. */
export function credentialRings(env: KeyEnv): CredentialRings {
  return shared(env);
}

/** One key, or several of them separated by commas, best first. */
function keysIn(variable: string | undefined): string[] {
  return (variable ?? "")
    .split(",")
    .map((key) => key.trim())
    .filter((key) => key !== "");
}
