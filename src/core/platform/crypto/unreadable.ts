import { AppError } from "../errors";

/** Sealed content that does not open. The caller learns that it is our fault; the log learns which part refused. */
export function unreadable(internal: string, cause?: unknown): AppError {
  return new AppError("internal_error", {
    public: "Something on our side could not be read. We have been told; please try again later.",
    internal,
    cause,
  });
}
