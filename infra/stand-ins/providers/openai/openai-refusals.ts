import type { Answer, SimulatedRequest } from "../protocol";
import type { Flavor } from "./openai-problem";

export function authenticate(flavor: Flavor, { headers }: SimulatedRequest): Answer | undefined {
  const [, key] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  if (key !== undefined && !key.includes("invalid")) return undefined;
  if (flavor === "deepseek") {
    return failure(
      401,
      "Authentication Fails (no such user)",
      "authentication_error",
      "invalid_request_error",
    );
  }
  const message =
    key === undefined
      ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
      : `Incorrect API key provided: ${key.slice(0, 4)}***${key.slice(-4)}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  return failure(401, message, "invalid_request_error", key === undefined ? null : "invalid_api_key");
}

export function failure(
  status: number,
  message: string,
  type: string,
  code: string | null,
  param: string | null = null,
): Answer {
  return { status, body: { error: { message, type, param, code } } };
}

export function refuse(status: number, retryAfter = 1): Answer {
  switch (status) {
    case 400:
      return failure(
        400,
        "Invalid value for 'messages'.",
        "invalid_request_error",
        "invalid_value",
        "messages",
      );
    case 401:
      return failure(
        401,
        "Incorrect API key provided: loca***ocal.",
        "invalid_request_error",
        "invalid_api_key",
      );
    case 403:
      return failure(
        403,
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
      );
    case 404:
      return failure(
        404,
        "The model does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
      );
    case 429:
      return {
        ...failure(
          429,
          `Rate limit reached. Please try again in ${retryAfter}s.`,
          "requests",
          "rate_limit_exceeded",
        ),
        headers: { "retry-after": String(retryAfter), "retry-after-ms": String(retryAfter * 1000) },
      };
    case 503:
      return failure(
        503,
        "The engine is currently overloaded, please try again later.",
        "server_error",
        null,
      );
    default:
      return failure(
        status,
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        null,
      );
  }
}
