import type { IncomingMessage } from "node:http";
import { inferenceInputSchema, readPlainInput } from "@agathaai/core/inference";
import { fromPublicId } from "@agathaai/core/platform";
import { describeInvalid } from "../../errors/describe-invalid";
import { type KnownContext, statusCall, submitCall } from "../../trpc/routers/inference/inference-calls";
import { readJsonBody } from "../input/read-json-body";
import { type RestProcedure, restProcedures } from "../operations";

/** A call with its input, as far as the target tells; the rest is read once the caller may go on. */
export interface DirectCall {
  rest: RestProcedure;
  run(ctx: KnownContext, incoming: IncomingMessage): Promise<unknown>;
}

const SUBMIT = "/api/v1/inference";
/** Any other ID goes to the dispatcher, whose schemas explain what is wrong with it. */
const STATUS = /^\/api\/v1\/inference\/(?<id>inf_[0-9a-hjkmnp-tv-z]{26})$/;

/** The calls that leave Hono and tRPC aside, by method and target; a target with a query is the dispatcher's. */
export function directRoutes(): (incoming: IncomingMessage) => DirectCall | undefined {
  const procedures = new Map(restProcedures().map((rest) => [rest.operation.operationId, rest]));
  const named = (operationId: string): RestProcedure => {
    const rest = procedures.get(operationId);
    if (rest === undefined) throw new Error(`there is no operation ${operationId}`);
    // An audited operation records its input and output, which this path does not do.
    if (rest.meta.audit?.kind !== "none") throw new Error(`${operationId} cannot be served directly`);
    return rest;
  };
  const submit: DirectCall = {
    rest: named("submitInference"),
    run: async (ctx, incoming) => submitCall(ctx, readSubmission(await readJsonBody(incoming))),
  };
  const status = named("getInference");
  return ({ method, url = "" }) => {
    if (method === "POST" && url === SUBMIT) return submit;
    if (method !== "GET") return undefined;
    const id = STATUS.exec(url)?.groups?.id;
    if (id === undefined) return undefined;
    return { rest: status, run: (ctx) => statusCall(ctx, { id: fromPublicId("inf", id) }) };
  };
}

function readSubmission(body: unknown) {
  const plain = readPlainInput(body);
  if (plain !== undefined) return plain;
  const parsed = inferenceInputSchema.safeParse(body);
  if (!parsed.success) throw describeInvalid(parsed.error);
  return parsed.data;
}
