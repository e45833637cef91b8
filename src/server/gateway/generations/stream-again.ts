import { generationNotFound, readGeneration } from "@agathaai/core/generations";
import { AppError, fromPublicId, type Principal, reachOf, toPublicId } from "@agathaai/core/platform";
import { takeControlCall } from "../allowance";
import { type GatewayParts, identify, refuse } from "../answer-call";
import { oneHeader } from "../call-headers";
import type { Exchange } from "../exchange";
import { sendStream } from "./send-stream";

/** As documents and logs name it. */
export const generationStreamPath = "/v1/generations/{id}/stream";
const PATH = /^\/v1\/generations\/(?<id>[^/]+)\/stream$/;

export function isGenerationStream(path: string): boolean {
  return PATH.test(path);
}

/**
 * `GET /v1/generations/{id}/stream`: the events of a call that its reader has not seen yet, and its end; from any process, and
 * also when the one that made it is gone.
 */
export async function streamAgain(
  exchange: Exchange,
  path: string,
  { db, open, recordings }: GatewayParts,
): Promise<void> {
  let leave: (() => void) | undefined;
  let caller: Principal | undefined;
  try {
    const principal = await identify(exchange, "inference:read");
    caller = principal;
    const id = fromPublicId("inf", PATH.exec(path)?.groups?.id ?? "");
    const after = readLastEvent(oneHeader(exchange.incoming.headers["last-event-id"]));
    await takeControlCall(db, exchange, principal);
    leave = open.enter(principal);
    const generation = await readGeneration(db, { ...reachOf(principal), generationId: id });
    if (generation === undefined) throw generationNotFound();
    if (!generation.streamed) {
      throw new AppError("invalid_request", {
        public: `This call was not streamed. Get its answer with GET /v1/generations/${toPublicId("inf", id)}.`,
        param: "id",
      });
    }
    Object.assign(exchange.headers, generation.headers, { "x-agatha-id": toPublicId("inf", id) });
    await sendStream(exchange, db, { generation, after, recording: recordings.get(id) });
  } catch (error) {
    await refuse(exchange, error, caller);
  } finally {
    leave?.();
  }
}

function readLastEvent(header: string | undefined): number {
  if (header === undefined || header === "") return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  throw new AppError("invalid_request", {
    public: "Last-Event-ID must be the id of the last event that you have, such as 42.",
    param: "Last-Event-ID",
  });
}
