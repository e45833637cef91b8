import type { IncomingMessage, ServerResponse } from "node:http";
import { ipFingerprint } from "@agathaai/core/accounts";
import { recordRead } from "@agathaai/core/audit";
import { type DirectoryPrincipal, resolveDirectoryToken } from "@agathaai/core/company-sign-in";
import { consumeLimit } from "@agathaai/core/limits";
import { AppError, type Db, MINUTE, newRequestId, SECOND } from "@agathaai/core/platform";
import { errorHeaders, logFailure } from "../errors/report-error";
import type { Lifecycle } from "../http/lifecycle";
import { reportCall } from "../http/report-call";
import { clientAddress } from "../http/request/client-address";
import { readBody } from "../http/request/read-body";
import { apiHeaders, type SecurityPolicy } from "../http/security-headers";
import { plainChallenge } from "../rest/respond";
import { isInherited } from "./attribute-names";
import { groups } from "./groups";
import { describeService } from "./protocol";
import { type FoundScimRoute, findScimRoute, isScimPath, type ResourceName } from "./routes";
import type { ScimAnswer, ScimCall, ScimResource } from "./scim-call";
import { errorBody, refusingMisfits, toScimFailure } from "./scim-error";
import { users } from "./users";

export interface ScimOptions {
  db: Db;
  lifecycle: Lifecycle;
  security: SecurityPolicy;
  trustedProxyHops: number;
}

/** A directory's first synchronization comes at 25 calls a second, as Entra ID asks for. */
const CALLS_PER_MINUTE = 1_500;
/** From one address: a token cannot be guessed, and nobody may keep us busy with trying. */
const REFUSED_PER_MINUTE = 60;
const MAX_BODY = 1024 * 1024;
const TYPE = "application/scim+json; charset=utf-8";

const byName: Record<ResourceName, ScimResource> = { Users: users, Groups: groups };

/**
 * Serves SCIM 2.0 (RFC 7644) to the directories of organizations. It is no part of the REST API: the protocol sets its bodies and
 * errors, and who calls is a directory, which can do nothing else.
 */
export function createScim({ db, lifecycle, security, trustedProxyHops }: ScimOptions) {
  return {
    takes: ({ url = "/" }: IncomingMessage) => isScimPath(url),
    handle: async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const found = findScimRoute(incoming.url ?? "/");
      const requestId = newRequestId();
      for (const [name, value] of Object.entries(apiHeaders(security))) outgoing.setHeader(name, value);
      outgoing.setHeader("x-request-id", requestId);
      if (lifecycle.draining) outgoing.setHeader("connection", "close");
      const { method = "GET" } = incoming;
      const ip = clientAddress(incoming, trustedProxyHops);
      const call = {
        requestId,
        startedAt: performance.now(),
        ip,
        route: found.pattern,
        orgId: undefined as string | undefined,
        actor: { type: "anonymous" as "anonymous" | "system", id: null },
        caller: undefined,
        errorCode: undefined as string | undefined,
        waits: false,
      };
      outgoing.once("close", () => reportCall(call, method, outgoing));
      try {
        const principal = await identify(db, incoming, ip);
        call.orgId = principal.orgId;
        call.actor = { type: "system", id: null };
        const reply = await serve({ db, principal, incoming, found });
        recordListing(principal, found, { method, requestId });
        send(outgoing, reply);
      } catch (error) {
        const problem = toScimFailure(error);
        call.errorCode = problem.code;
        logFailure(problem, { request_id: requestId, route: found.pattern });
        sendFailure(outgoing, problem);
      }
    },
  };
}

async function identify(db: Db, incoming: IncomingMessage, ip: string): Promise<DirectoryPrincipal> {
  const bearer = /^Bearer +(\S+)$/i.exec(incoming.headers.authorization?.trim() ?? "")?.[1];
  let principal: DirectoryPrincipal;
  try {
    principal = await resolveDirectoryToken(db, bearer);
  } catch (error) {
    if (error instanceof AppError && error.status === 401) {
      await throttle(db, `scim:refused:${ipFingerprint(ip)}`, REFUSED_PER_MINUTE);
    }
    throw error;
  }
  await throttle(db, `scim:org:${principal.orgId}`, CALLS_PER_MINUTE);
  return principal;
}

async function throttle(db: Db, key: string, limit: number): Promise<void> {
  const decision = await consumeLimit(db, { key, limit, windowMs: MINUTE });
  if (decision.allowed) return;
  throw new AppError("rate_limit_exceeded", {
    public: "Too many SCIM calls. Try again in a moment.",
    retryAfterSeconds: Math.max(1, Math.ceil((decision.resetAt.getTime() - Date.now()) / SECOND)),
  });
}

interface Served {
  db: Db;
  principal: DirectoryPrincipal;
  incoming: IncomingMessage;
  found: FoundScimRoute;
}

async function serve({ db, principal, incoming, found }: Served): Promise<ScimAnswer> {
  const { route, methods, query } = found;
  const { method = "GET" } = incoming;
  if (route === undefined) throw new AppError("unknown_route", { public: "There is no such SCIM endpoint." });
  if (!methods.includes(method)) {
    throw new AppError("method_not_allowed", {
      public: `This endpoint supports ${methods.join(", ")}.`,
    });
  }
  if (route.kind === "discovery") {
    // RFC 7644 §4: a filter here is refused.
    if (query.has("filter"))
      throw new AppError("insufficient_scope", { public: "filter: not supported here." });
    return { status: 200, body: await describeService(route.what, route.id) };
  }
  const resource = byName[route.name];
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = incoming.headers;
  const preconditions = { ifMatch, ifNoneMatch };
  const call: ScimCall = { db, principal, query, preconditions, body: () => readJson(incoming) };
  const { id } = route;
  return await refusingMisfits(async () => {
    if (id === undefined) return method === "GET" ? await resource.list(call) : await resource.create(call);
    if (method === "GET") return await resource.read(call, id);
    if (method === "PUT") return await resource.replace(call, id);
    if (method === "PATCH") return await resource.patch(call, id);
    return await resource.remove(call, id);
  });
}

/** A directory that reads members of an organization in HIPAA mode. */
function recordListing(
  { orgId, hipaa }: DirectoryPrincipal,
  { route }: FoundScimRoute,
  { method, requestId }: { method: string; requestId: string },
): void {
  if (hipaa !== true || method !== "GET" || route === undefined || route.kind === "discovery") return;
  const actor = { type: "system", id: null } as const;
  recordRead({ orgId, actor, action: "data.members_read", traceId: requestId });
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(incoming, MAX_BODY);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes), withoutInherited);
  } catch {
    throw new AppError("invalid_json", { public: "The body is not valid JSON." });
  }
}

/** No resource has an attribute of such a name, and whoever copies one by its name changes more than a resource. */
function withoutInherited(name: string, value: unknown): unknown {
  if (isInherited(name)) throw new Error("a name that every object inherits");
  return value;
}

function send(outgoing: ServerResponse, { status, body, location, version }: ScimAnswer): void {
  outgoing.writeHead(status, {
    ...(body !== undefined && { "content-type": TYPE }),
    ...(location !== undefined && { location }),
    ...(version !== undefined && { etag: version }),
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
}

function sendFailure(outgoing: ServerResponse, problem: AppError): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(problem.status, {
    "content-type": TYPE,
    ...errorHeaders(problem),
    ...(problem.status === 401 && { "www-authenticate": plainChallenge(problem) }),
  });
  outgoing.end(JSON.stringify(errorBody(problem)));
}
