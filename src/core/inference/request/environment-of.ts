import { chooseEnvironment } from "../../platform/environment";
import { AppError } from "../../platform/errors";
import type { Environment, Principal } from "../../platform/principal";

/**
 * Where a request runs: a key's own environment, or the one a person names. Until their address is verified a person's
 * requests go to the simulator.
 * @throws AppError `invalid_request` or `email_not_verified`, param `environment`.
 */
export function environmentOf(principal: Principal, asked?: Environment): Environment {
  const chosen = chooseEnvironment(principal, asked);
  if (chosen === "live" && principal.kind !== "key" && !principal.emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your email to send live requests. Test requests work right away.",
      param: "environment",
    });
  }
  return chosen;
}
