import { singleton } from "@agathaai/core/platform/concurrency/singleton";
import { type Place, placeIds, places } from "../../../shared/places";
import type { ProviderEnv } from "../providers/registry";
import { Credentials } from "./credentials";

/** Our keys at each place of a provider, with the state of each: in use, resting, refused. */
export type CredentialRings = Readonly<Record<Place, Credentials>>;

type KeyEnv = Pick<ProviderEnv, (typeof places)[Place]["apiKey"]>;

export function createCredentialRings(
  env: KeyEnv,
  now: () => number = () => performance.now(),
): CredentialRings {
  const ring = (id: Place) => [id, new Credentials(keysIn(env[places[id].apiKey]), now)];
  return Object.fromEntries(placeIds.map(ring)) as CredentialRings;
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
