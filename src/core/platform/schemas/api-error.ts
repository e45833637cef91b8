import { z } from "zod";
import { type ErrorCode, errorTable } from "../errors";

const types = [...new Set(Object.values(errorTable).map(({ type }) => type))];

/** The one error object: in every refusal, and inside the result of a request that failed. OpenAI's, with our id. */
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

/** A failure as it was written down. A code that this release does not know any more was ours to explain. */
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
