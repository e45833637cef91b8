import type { IncomingMessage } from "node:http";
import { AppError } from "@agathaai/core/platform";
import { readBody } from "../http/request/read-body";

const MAX_BYTES = 4 * 1024;

/**
 * The body of a call that our own page makes: a form on another site cannot send JSON.
 * @throws AppError `unsupported_media_type`, `invalid_json`.
 */
export async function readJson(incoming: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(incoming.headers["content-type"] ?? "")) {
    throw new AppError("unsupported_media_type", { public: "Send the body as application/json." });
  }
  try {
    return JSON.parse((await readBody(incoming, MAX_BYTES)).toString("utf8"));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("invalid_json", { public: "The body is not valid JSON." });
  }
}
