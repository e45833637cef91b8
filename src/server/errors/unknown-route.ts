import { AppError } from "@agathaai/core/platform";

/** A path that is not there. Also for one that the caller must not know of: both look the same. */
export function unknownRoute(): AppError {
  return new AppError("unknown_route", { public: "Path not found. Check the URL." });
}
