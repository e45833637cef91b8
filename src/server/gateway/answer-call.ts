import { admission, allowanceOf, type CallToAdmit, countFirst } from "@agathaai/core/admission";
import { knownModelsOff, modelsOff, refuseSwitchedOff } from "@agathaai/core/models";
import { type Db, newId, type Principal, type Scope, timeOfId, toPublicId } from "@agathaai/core/platform";
import type { LiveEngine } from "@agathaai/worker/engine/live/live-engine";
import { type Credentials, resolveKnownKey, resolvePrincipal } from "../auth/principal";
import { sessionPrincipal } from "../auth/session-principal";
import { logFailure } from "../errors/report-error";
import { toAppError } from "../errors/to-app-error";
import { readJsonBody } from "../rest/input/read-json-body";
import { authorize } from "../trpc/middleware/authorize";
import { countedRefusal, lookAtAllowance } from "./allowance";
import { asksForCache } from "./cache/cache-wish";
import { throughCache } from "./cache/through-cache";
import { assertWithinMaxCost, oneHeader } from "./call-headers";
import type { Exchange } from "./exchange";
import type { Recording, Recordings } from "./generations/recording";
import { asksToRecord, startRecording } from "./generations/start-recording";
import type { OpenCalls } from "./open-calls";
import { preferOwnKeys } from "./own-keys";
import type { GatewayRoute } from "./routes";

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
  { dialect, maxValues }: Pick<GatewayRoute, "dialect" | "maxValues">,
): Promise<void> {
  let leave: (() => void) | undefined;
  let caller: Principal | undefined;
  let recording: Recording | undefined;
  let isCounted = false;
  try {
    const principal = identifyKnown(exchange) ?? (await identify(exchange));
    caller = principal;
    const { headers } = exchange.incoming;
    const body = await readJsonBody(exchange.incoming, { maxValues });
    const id = newId();
    const at = timeOfId(id);
    const { prepared, answer } = dialect(body, { principal, headers, at });
    const off = knownModelsOff() ?? (await modelsOff(db));
    for (const { model } of prepared.targets) refuseSwitchedOff(model, off);
    if (principal.ownKeys === true) await preferOwnKeys(db, principal, prepared);
    const answering = asksForCache(headers, principal)
      ? await throughCache(db, engine, { exchange, principal, body, prepared })
      : engine;
    assertWithinMaxCost(prepared.maxCost);
    if (exchange.left) return;

    leave = open.enter(principal);
    const { model } = prepared.targets[0];
    const { environment, tokens, costMicros } = prepared;
    isCounted = true;
    let requests: CallToAdmit["requests"];
    if (asksToRecord(exchange, prepared, principal)) {
      // Before anything is kept of it.
      requests = await countFirst({ principal, environment });
      const toRecord = { exchange, principal, id, body, prepared, recordings, requests };
      const started = await startRecording(db, toRecord);
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
      requests,
    };
    const admitted = await admission().admit(call);
    exchange.allow(admitted.allowance);
    const publicId = toPublicId("inf", id);
    exchange.headers["x-agatha-id"] = publicId;

    await answer({ exchange, admitted, open, engine: answering, recording, id: publicId });
  } catch (error) {
    await recording?.release();
    const problem = caller === undefined || isCounted ? error : await countedRefusal(db, caller, error);
    await refuse(exchange, problem, caller);
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

/** Also in the middle of a stream, which then ends with it. */
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
  if (exchange.outgoing.headersSent) exchange.breakOff(problem);
  else exchange.refuse(problem);
}
