import { AppError } from "../../platform";

/** The caller learns no more of why; the log has the reason. */
export function signInRefused(cause?: unknown): AppError {
  return new AppError("invalid_login", {
    public: "Your company’s sign-in was not accepted. Start again.",
    cause,
  });
}

export function emailMissing(): AppError {
  return new AppError("email_not_verified", {
    public: "Your company’s identity provider doesn’t tell us your email. Its administrator has to add it.",
  });
}

export function companySignInNotFound(): AppError {
  return new AppError("not_found", { public: "This company sign-in doesn’t exist, or no longer works." });
}

export function unknownRequest(): AppError {
  return new AppError("invalid_login", {
    public: "This sign-in was begun in another browser, or took too long. Start again.",
  });
}
