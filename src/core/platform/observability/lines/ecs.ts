import type { LoggerOptions } from "pino";
import type { LoggedError } from "./logged-error";

/** The version of the Elastic Common Schema whose names are used. */
const ECS_VERSION = "8.17.0";

/** Our names that have one of their own in ECS. The rest stands under `agatha`, so that no name of ours collides with theirs. */
const ECS_NAMES: Record<string, string> = {
  request_id: "http.request.id",
  method: "http.request.method",
  status: "http.response.status_code",
  org_id: "organization.id",
  code: "error.code",
  service: "service.name",
};

const NANOSECONDS_PER_MS = 1_000_000;

/** Log lines in the fields of Elastic Common Schema, for `LOG_FORMAT=ecs`: Kibana's own views then read them as they are. */
export const ecsForm = {
  messageKey: "message",
  timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
  formatters: {
    level: (label: string) => ({ "log.level": label, "ecs.version": ECS_VERSION }),
    log: ecsFields,
  },
} satisfies LoggerOptions;

/** @param fields of one line, before errors are reduced: `error` is written by the serializer of that name. */
function ecsFields(fields: Record<string, unknown>): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const known = ECS_NAMES[name];
    if (name === "err") named.error = value;
    else if (name === "ms" && typeof value === "number") {
      named["event.duration"] = Math.round(value * NANOSECONDS_PER_MS);
    } else if (known !== undefined) named[known] = value;
    else own[name] = value;
  }
  return Object.keys(own).length === 0 ? named : { ...named, agatha: own };
}

export const ecsError = (error: LoggedError | undefined) =>
  error && {
    type: error.type,
    message: error.message,
    stack_trace: error.stack,
    code: error.code,
    cause: error.cause?.message,
  };
