import { capitalized } from "@/shared/format/capitalized";

/** An error, read for a page to show. */
export interface Failure {
  message: string;
  /** Our error code (`weak_password`), where the server sent one. */
  code: string | undefined;
  /** The field that is wrong, in the API's own spelling. */
  param: string | undefined;
  /** The request ID to give to support. */
  requestId: string | undefined;
  status: number | undefined;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** The message to show below a field, without the API's name of the field in front. */
export function fieldError(failure: Failure | null, param: string): string | undefined {
  if (!failure?.param || !(failure.param === param || failure.param.startsWith(`${param}[`)))
    return undefined;
  const { message } = failure;
  const bare = message.startsWith(`${failure.param} `) ? message.slice(failure.param.length + 1) : message;
  return capitalized(bare);
}

const OFFLINE = "Can’t reach the server. Check your connection and try again.";

/** Reads what a failed call threw. Without a response from our server, the network failed. */
export function readFailure(error: unknown): Failure {
  const data = record(error instanceof Error ? Reflect.get(error, "data") : undefined);
  const status = typeof data.httpStatus === "number" ? data.httpStatus : undefined;
  const message = error instanceof Error ? text(error.message) : undefined;
  return {
    message: status === undefined ? OFFLINE : (message ?? "The server returned an error without a reason."),
    code: text(data.app_code),
    param: text(data.param),
    requestId: text(data.request_id),
    status,
  };
}
