import type { IncomingHttpHeaders } from "node:http";
import { type Allowance, admission, allowanceOf } from "@agathaai/core/admission";
import { assertModelOn } from "@agathaai/core/models";
import { withTimeout } from "@agathaai/core/platform/concurrency/with-timeout";
import type { Db } from "@agathaai/core/platform/db/client";
import { defaultEnvironment } from "@agathaai/core/platform/environment";
import { AppError } from "@agathaai/core/platform/errors";
import { newId, timeOfId, toPublicId } from "@agathaai/core/platform/ids";
import type { Principal } from "@agathaai/core/platform/principal";
import type { LiveEngine } from "@agathaai/worker/engine/live/live-engine";
import { resolvePrincipal } from "../../auth/principal";
import { logFailure } from "../../errors/report-error";
import { toAppError } from "../../errors/to-app-error";
import { readJsonBody } from "../../rest/input/read-json-body";
import { authorize } from "../../trpc/middleware/authorize";
import type { Exchange } from "../exchange";
import type { OpenCalls } from "../open-calls";
import { chatCompletionsPath } from "../routes";
import { readChatInput } from "./chat-input";
import { readPlainChat } from "./plain-chat";
import { type ChatHeaders, prepareChat } from "./prepare-chat";
import { StreamReply } from "./stream-reply";
import { WholeReply } from "./whole-reply";

export interface ChatParts {
  db: Db;
  engine: LiveEngine;
  open: OpenCalls;
}

/**
 * `POST /v1/chat/completions`, from the credential to the last byte. What refuses does so before anything is spent, and in
 * this order: who calls, the body, the model and what it can do, then limits, tokens and money.
 */
export async function completeChat(exchange: Exchange, { db, engine, open }: ChatParts): Promise<void> {
  let leave: (() => void) | undefined;
  let caller: Principal | undefined;
  try {
    const principal = await identify(exchange);
    caller = principal;
    const body = await readJsonBody(exchange.incoming);
    const given = readPlainChat(body) ?? readChatInput(body);
    const id = newId();
    const at = timeOfId(id);
    const chat = prepareChat(given, { principal, headers: readHeaders(exchange.incoming.headers), at });
    for (const { model } of chat.targets) await assertModelOn(db, model);
    if (exchange.left) return;

    leave = open.enter(principal);
    const { model } = chat.targets[0];
    const { environment, tokens, costMicros } = chat;
    const call = { id, principal, environment, endpoint: chatCompletionsPath, model, tokens, costMicros };
    const admitted = await admission().admit(call);
    exchange.allow(admitted.allowance);
    const publicId = toPublicId("inf", id);
    exchange.headers["x-agatha-id"] = publicId;
    if (chat.notSent.length > 0) exchange.headers["x-agatha-not-sent"] = chat.notSent.join(", ");

    const reply = new (chat.stream ? StreamReply : WholeReply)({ exchange, admitted, chat, open });
    await reply.run(engine, {
      targets: chat.targets,
      input: chat.input,
      extras: chat.extras,
      head: { id: publicId, created: Math.floor(at.getTime() / 1_000), model: given.conversation.model },
      stream: chat.stream,
      includeUsage: chat.includeUsage,
      longCache: chat.asked.longCache === true,
    });
  } catch (error) {
    await refuse(exchange, error, caller);
  } finally {
    leave?.();
  }
}

async function identify(exchange: Exchange): Promise<Principal> {
  const { headers } = exchange.incoming;
  const principal = await resolvePrincipal({
    authorization: headers.authorization,
    apiKeyHeader: one(headers["x-api-key"]),
    ip: exchange.ip,
  });
  if (principal !== null) exchange.identified(principal);
  authorize({ kind: "scope", scope: "inference:write" }, principal);
  if (principal === null) throw new Error("a call without a caller was authorized");
  return principal;
}

/** How long a refusal waits for the figures of its headers. */
const ALLOWANCE_MS = 50;

async function refuse(exchange: Exchange, error: unknown, caller: Principal | undefined): Promise<void> {
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

/** At most six decimals: a micro-dollar. */
const DOLLARS = /^(?<whole>\d{1,9})(?:\.(?<rest>\d{1,6}))?$/;

function readHeaders(headers: IncomingHttpHeaders): ChatHeaders {
  const fallback = one(headers["x-agatha-fallback"]);
  if (fallback !== undefined && fallback !== "on" && fallback !== "off") {
    throw new AppError("invalid_request", {
      public: 'x-agatha-fallback must be "on" or "off".',
      param: "x-agatha-fallback",
    });
  }
  const most = one(headers["x-max-cost"]);
  const dollars = most === undefined ? undefined : DOLLARS.exec(most)?.groups;
  if (most !== undefined && dollars === undefined) {
    throw new AppError("invalid_request", {
      public: "x-max-cost must be an amount in dollars, such as 0.05.",
      param: "x-max-cost",
    });
  }
  return {
    fallback: fallback !== "off",
    maxCostMicros:
      dollars && BigInt(dollars.whole ?? 0) * 1_000_000n + BigInt((dollars.rest ?? "").padEnd(6, "0")),
  };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}
