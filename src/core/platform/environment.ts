import { z } from "zod";
import { AppError } from "./errors";
import type { Environment, Principal } from "./principal";

export const environments = ["live", "test"] as const satisfies readonly Environment[];

/** The choices a reader of lists and figures has. */
export const environmentChoiceSchema = z.enum([...environments, "all"]);
export type EnvironmentChoice = z.output<typeof environmentChoiceSchema>;

/** The environment parameter of every list and figure: one name, one default (ADR 21). */
export const environmentParam = environmentChoiceSchema.optional().meta({
  description:
    "An API key sees only its own environment and can name no other. A person can choose: `live` by default (`test` until their email is verified), or `all`.",
});

/** The part of an organization's data that a call may read and change. */
export interface Reach {
  orgId: string;
  environment: EnvironmentChoice;
  /** Of whose requests; absent: of everyone's. */
  own?: Own | undefined;
}

/** A person's requests are those they made by hand, with keys they created and through apps; a key's, those of its rotations. */
export type Own = { userId: string } | { keyIds: readonly string[] };

/** Whose requests alone a caller sees (ADR 75); undefined with `requests:read_all`. */
export function ownOf(principal: Principal): Own | undefined {
  if (principal.scopes.has("requests:read_all")) return undefined;
  if (principal.kind !== "key") return { userId: principal.userId };
  return { keyIds: principal.chain ?? [principal.apiKeyId] };
}

/** What a caller may reach by id: a key only its own environment (the rest is not found), a person both. */
export function reachOf(principal: Principal): Reach {
  const { orgId, kind, environment } = principal;
  const own = ownOf(principal);
  return { orgId, environment: kind === "key" ? environment : "all", ...(own && { own }) };
}

/** The environment of a caller who names none. Requests of a person with an unverified email address are simulated. */
export function defaultEnvironment(principal: Principal): Environment {
  if (principal.kind !== "key" && !principal.emailVerified) return "test";
  return principal.environment;
}

/**
 * The environment of a call that names no id: a key's own, or the one a person chose.
 * @throws AppError `invalid_request`, param `environment`, for a key that names the other one.
 */
export function chooseEnvironment<Choice extends EnvironmentChoice>(
  principal: Principal,
  asked: Choice | undefined,
): Choice | Environment {
  if (asked === undefined) return defaultEnvironment(principal);
  if (principal.kind !== "key" || asked === principal.environment) return asked;
  throw new AppError("invalid_request", {
    public: `This is a ${principal.environment} key: it sees and changes only ${principal.environment} data. Omit environment, or use a key from the other environment.`,
    param: "environment",
  });
}

export function environmentsIn(choice: EnvironmentChoice): readonly Environment[] {
  return choice === "all" ? environments : [choice];
}
