import { AppError } from "@agathaai/core/platform";
import SCIMMY from "scimmy";
import { z } from "zod";
import { describeInvalid } from "../errors/describe-invalid";
import { toAppError } from "../errors/to-app-error";

/** The words of RFC 7644 §3.12 for what is wrong. */
type ScimType =
  | "invalidFilter"
  | "invalidSyntax"
  | "invalidPath"
  | "invalidValue"
  | "noTarget"
  | "mutability"
  | "uniqueness";

/** An error in the protocol's own words. */
export class ScimError extends AppError {
  constructor(
    readonly scimType: ScimType,
    message: string,
  ) {
    super("invalid_request", { public: message });
  }
}

/** What the library throws names the attribute that is wrong; so do our own errors, and anything else is a defect. */
export function toScimFailure(error: unknown): AppError {
  if (error instanceof SCIMMY.Types.Error) {
    const { status, scimType, message } = error;
    if (Number(status) === 404) return new AppError("not_found", { public: sentence(message) });
    return new ScimError(isScimType(scimType) ? scimType : "invalidValue", sentence(message));
  }
  if (error instanceof z.ZodError) return describeInvalid(error);
  return toAppError(error);
}

/** The library says by a TypeError that a value does not fit the schema. */
export async function refusingMisfits<T>(run: () => Promise<T> | T): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof TypeError) throw new ScimError("invalidValue", sentence(error.message));
    throw error;
  }
}

export function errorBody(problem: AppError) {
  const scimType = scimTypeOf(problem);
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: String(problem.status),
    ...(scimType !== undefined && { scimType }),
    detail: problem.public,
  };
}

function scimTypeOf(problem: AppError): ScimType | undefined {
  if (problem instanceof ScimError) return problem.scimType;
  if (problem.status === 409) return "uniqueness";
  if (problem.status !== 400) return undefined;
  return problem.code === "invalid_json" ? "invalidSyntax" : "invalidValue";
}

const scimTypes: readonly string[] = [
  "invalidFilter",
  "invalidSyntax",
  "invalidPath",
  "invalidValue",
  "noTarget",
  "mutability",
  "uniqueness",
] satisfies ScimType[];

function isScimType(text: unknown): text is ScimType {
  return typeof text === "string" && scimTypes.includes(text);
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
