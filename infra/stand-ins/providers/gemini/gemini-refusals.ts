import type { Answer, SimulatedRequest } from "../protocol";

export function authenticate({ headers, url }: SimulatedRequest): Answer | undefined {
  const key = headers["x-goog-api-key"] ?? url.searchParams.get("key") ?? "";
  if (key === "") {
    return failure(
      403,
      "PERMISSION_DENIED",
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    );
  }
  if (!key.includes("invalid")) return undefined;
  return failure(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "API_KEY_INVALID",
      domain: "googleapis.com",
    },
  ]);
}

export function failure(code: number, status: string, message: string, details?: unknown[]): Answer {
  return {
    status: code,
    body: { error: { code, message, status, ...(details === undefined ? {} : { details }) } },
  };
}

export function refuse(status: number, retryAfter = 1): Answer {
  switch (status) {
    case 400:
      return failure(400, "INVALID_ARGUMENT", "Request contains an invalid argument.");
    case 401:
      return failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    case 403:
      return failure(403, "PERMISSION_DENIED", "The caller does not have permission.");
    case 404:
      return failure(
        404,
        "NOT_FOUND",
        "The model is not found for API version v1beta, or is not supported for generateContent.",
      );
    case 429:
      return {
        ...failure(
          429,
          "RESOURCE_EXHAUSTED",
          "You exceeded your current quota, please check your plan and billing details.",
          [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfter}s` }],
        ),
        headers: { "retry-after": String(retryAfter) },
      };
    case 503:
      return failure(503, "UNAVAILABLE", "The model is overloaded. Please try again later.");
    default:
      return failure(
        status,
        "INTERNAL",
        "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
      );
  }
}
