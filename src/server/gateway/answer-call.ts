import { type Allowance, admission, allowanceOf } from "@agathaai/core/admission";
import { knownModelsOff, modelsOff, refuseSwitchedOff } from "@agathaai/core/models";
import {
  type Db,
  defaultEnvironment,
  newId,
  type Principal,
  type Scope,
  timeOfId,
  toPublicId,
} from "@agathaai/core/platform";
import { withTimeout } from "@agathaai/core/platform/concurrency/with-timeout";
import type { LiveEngine } from "@agathaai/worker/engine/live/live-engine";
import { type Credentials, resolveKnownKey, resolvePrincipal } from "../auth/principal";
import { sessionPrincipal } from "../auth/session-principal";
import { logFailure } from "../errors/report-error";
import { toAppError } from "../errors/to-app-error";
import { readJsonBody } from "../rest/input/read-json-body";
import { authorize } from "../trpc/middleware/authorize";
import { asksForCache } from "./cache/cache-wish";
import { throughCache } from "./cache/through-cache";
import { oneHeader } from "./call-headers";
import type { Dialect } from "./dialect";
import type { Exchange } from "./exchange";
import type { Recording, Recordings } from "./generations/recording";
import { asksToRecord, startRecording } from "./generations/start-recording";
import type { OpenCalls } from "./open-calls";
import { preferOwnKeys } from "./own-keys";

export interface GatewayParts {
  db: Db;
  engine: LiveEngine;
  open: OpenCalls;
  recordings: Recordings;
}

/**
 * A model call, from the credential to the last byte. What refuses does so before anything is spent, and in this order:
 * who calls, the body, the model and what it can do, then limits, tokens and money.
 */
export async function answerCall(
  exchange: Exchange,
  { db, engine, open, recordings }: GatewayParts,
  dialect: Dialect,
): Promise<void> {
  let leave: (() => void) | undefined;
  let caller: Principal | undefined;
  let recording: Recording | undefined;
  try {
    const principal = identifyKnown(exchange) ?? (await identify(exchange));
    caller = principal;
    const { headers } = exchange.incoming;
    const body = await readJsonBody(exchange.incoming);
    const id = newId();
    const at = timeOfId(id);
    const { prepared, answer } = dialect(body, { principal, headers, at });
    const off = knownModelsOff() ?? (await modelsOff(db));
    for (const { model } of prepared.targets) refuseSwitchedOff(model, off);
    if (principal.ownKeys === true) await preferOwnKeys(db, principal, prepared);
    const answering = asksForCache(headers, principal)
      ? await throughCache(db, engine, { exchange, principal, body, prepared })
      : engine;
    if (exchange.left) return;

    leave = open.enter(principal);
    const { model } = prepared.targets[0];
    const { environment, tokens, costMicros } = prepared;
    if (asksToRecord(exchange, prepared, principal)) {
      const started = await startRecording(db, { exchange, principal, id, body, prepared, recordings });
      if (started.replayed) return;
      recording = started.recording;
    }
    const call = {
      id,
      principal,
      environment,
      endpoint: exchange.route,
      model,
      tokens,
      costMicros,
      keptBy: recording?.processId,
    };
    const admitted = await admission().admit(call);
    exchange.allow(admitted.allowance);
    const publicId = toPublicId("inf", id);
    exchange.headers["x-agatha-id"] = publicId;

    await answer({ exchange, admitted, open, engine: answering, recording, id: publicId });
  } catch (error) {
    await recording?.release();
    await refuse(exchange, error, caller);
  } finally {
    leave?.();
  }
}

/** @throws AppError of status 401 or 403. */
export async function identify(exchange: Exchange, scope: Scope = "inference:write"): Promise<Principal> {
  const { headers } = exchange.incoming;
  const principal = (await resolvePrincipal(credentialsOf(exchange))) ?? (await sessionPrincipal(headers));
  return authorized(exchange, principal, scope);
}

/** The same at once, for a key that is known; undefined for anybody else. */
function identifyKnown(exchange: Exchange): Principal | undefined {
  const principal = resolveKnownKey(credentialsOf(exchange));
  return principal && authorized(exchange, principal, "inference:write");
}

function credentialsOf({ incoming: { headers }, ip }: Exchange): Credentials {
  return { authorization: headers.authorization, apiKeyHeader: oneHeader(headers["x-api-key"]), ip };
}

function authorized(exchange: Exchange, principal: Principal | null, scope: Scope): Principal {
  if (principal !== null) exchange.identified(principal);
  authorize({ kind: "scope", scope }, principal);
  if (principal === null) throw new Error("a call without a caller was authorized");
  return principal;
}

/** How long a refusal waits for the figures of its headers. */
const ALLOWANCE_MS = 50;

export async function refuse(
  exchange: Exchange,
  error: unknown,
  caller: Principal | undefined,
): Promise<void> {
  const problem = toAppError(error);
  const allowance =
    allowanceOf(problem) ?? (problem.status < 500 ? await lookAtAllowance(caller) : undefined);
  if (allowance !== undefined) exchange.allow(allowance);
  logFailure(problem, { request_id: exchange.requestId, route: exchange.route });
  exchange.refuse(problem);
}

/** Where the caller is known; the refusal itself does not depend on it. */
async function lookAtAllowance(caller: Principal | undefined): Promise<Allowance | undefined> {
  if (caller === undefined) return undefined;
  try {
    return await withTimeout(admission().allowance(caller, defaultEnvironment(caller)), ALLOWANCE_MS);
  } catch {
    return undefined;
  }
}
