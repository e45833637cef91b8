import { actorOf } from "@agathaai/core/audit";
import { type AppError, newRequestId, toErrorEnvelope } from "@agathaai/core/platform";
import { inSpan } from "@agathaai/core/platform/observability/trace";
import type { AnyTRPCProcedure } from "@trpc/server";
import { z } from "zod";
import { logFailure } from "../../errors/report-error";
import { toAppError } from "../../errors/to-app-error";
import { fileBody, fileHeaders } from "../../http/file-body";
import { recordApiRequest } from "../../http/record-api-request";
import { queryCoercion } from "../../rest/input/coerce-query";
import type { Context } from "../context";
import type { Meta } from "../meta";
import { addressOf, openPortalContext } from "./portal-context";

interface PortalFile {
  /** As the router knows it: `usage.export`. */
  name: string;
  procedure: AnyTRPCProcedure;
}

/**
 * A file for the portal: the same procedure, called with the session cookie and the URL's query, with its file sent in
 * pieces, which tRPC's responses cannot do.
 */
export async function handlePortalFile(request: Request, file: PortalFile): Promise<Response> {
  return inSpan(`GET ${file.name}`, { kind: "server" }, async (span) => {
    const response = await serveFile(request, file);
    span.set({ "http.request.method": request.method, "http.response.status_code": response.status });
    return response;
  });
}

async function serveFile(request: Request, { name, procedure }: PortalFile): Promise<Response> {
  // Set by our own server in front of Next, which overwrites whatever the caller sent.
  const requestId = request.headers.get("x-request-id") ?? newRequestId();
  const startedAt = performance.now();
  const headers = new Headers({ "cache-control": "no-store" });
  let context: Context | undefined;
  let problem: AppError | undefined;
  let response: Response;
  try {
    context = await openPortalContext(request, { requestId, responseHeaders: headers, batched: false });
    const { filename, pieces } = await readFile(context, { name, procedure }, new URL(request.url));
    for (const [header, value] of Object.entries(fileHeaders(filename))) headers.set(header, value);
    const body = fileBody(pieces, (error) => logFailure(error, { request_id: requestId, procedure: name }));
    response = new Response(body, { headers });
  } catch (error) {
    problem = toAppError(error);
    logFailure(problem, { request_id: requestId, procedure: name });
    response = Response.json(toErrorEnvelope(problem, requestId), { status: problem.status, headers });
  }
  recordApiRequest({
    requestId,
    orgId: context?.principal?.orgId,
    actor: actorOf(context?.principal),
    method: request.method,
    route: `/api/trpc/${name}`,
    status: response.status,
    ms: performance.now() - startedAt,
    ip: addressOf(request),
    code: problem?.code,
  });
  return response;
}

async function readFile(ctx: Context, { name, procedure }: PortalFile, { searchParams }: URL) {
  const { operation }: Meta = procedure._def.meta ?? {};
  if (operation?.file === undefined) throw new Error(`${name} has no file`);
  const [input]: unknown[] = procedure._def.inputs;
  const coerce = queryCoercion(input instanceof z.ZodType ? input : undefined);
  const query = coerce(Object.fromEntries(searchParams));
  const output: unknown = await procedure({
    ctx,
    getRawInput: async () => query,
    path: name,
    type: procedure._def.type,
    signal: ctx.signal,
    batchIndex: 0,
  });
  return operation.file(output);
}
