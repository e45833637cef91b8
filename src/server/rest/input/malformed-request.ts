import { AppError, toErrorEnvelope } from "@agathaai/core/platform/errors";
import { newRequestId } from "../../http/request/request-id";
import { apiHeaders, type SecurityPolicy } from "../../http/security-headers";

/** The answer to a request whose address or host cannot be understood, and which therefore reaches no route. */
export function malformedRequest(security: SecurityPolicy): Response {
  const requestId = newRequestId();
  const error = new AppError("invalid_request", { public: "The request's URL or host is not valid." });
  return Response.json(toErrorEnvelope(error, requestId), {
    status: 400,
    headers: { ...apiHeaders(security), "x-request-id": requestId },
  });
}
