import { z } from "zod";
import { type ErrorCode, errorTable } from "../errors";

const types = [...new Set(Object.values(errorTable).map(({ type }) => type))];

/** The error object of every refusal, and of a failed request's result: OpenAI's format with our request id. */
export const apiErrorSchema = z.strictObject({
  message: z.string().meta({ description: "What happened and what to do, for people to read." }),
  type: z.enum(types),
  param: z
    .string()
    .nullable()
    .meta({ description: "The field at fault: `messages[0].content`. Null if it is none in particular." }),
  code: z
    .enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]])
    .meta({ description: "For programs: one of the fixed codes." }),
  request_id: z.string().meta({ description: "Quote it to support." }),
});

export type ApiError = z.output<typeof apiErrorSchema>;

/** A stored failure as an API error. A code that this release no longer knows is shown as an internal error. */
export function toApiError({
  code,
  message,
  param = null,
  requestId,
}: {
  code: string;
  message: string;
  param?: string | null;
  requestId: string;
}): ApiError {
  const known = isErrorCode(code) ? code : "internal_error";
  return { message, type: errorTable[known].type, param, code: known, request_id: requestId };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}
