import { AppError } from "../../platform";

export function unknownRequest(): AppError {
  return new AppError("invalid_login", {
    public: "This sign-in was begun in another browser, or took too long. Start again.",
  });
}
