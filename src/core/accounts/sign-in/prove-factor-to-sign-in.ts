import { AppError, type Clock, type Db } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import {
  type FactorMethod,
  type PresentedFactor,
  proveSecondFactor,
} from "../second-factor/prove-second-factor";
import { recordFailedSignIn, type SignInAttempt } from "../sign-in-history/record-sign-in";

/**
 * The second factor of a sign-in whose first one was right. A refused one is in the person's history: whoever presented it
 * knows the password.
 * @throws AppError as `proveSecondFactor`.
 */
export async function proveFactorToSignIn(
  db: Db,
  presented: PresentedFactor & SignInAttempt,
  clock: Clock,
): Promise<FactorMethod | undefined> {
  try {
    return (await proveSecondFactor(db, presented, clock))?.method;
  } catch (error) {
    if (error instanceof AppError && refusals.has(error.code)) {
      afterResponse("failed factor in the history", () =>
        recordFailedSignIn(db, { ...presented, result: "wrong_factor" }, clock),
      );
    }
    throw error;
  }
}

const refusals: ReadonlySet<string> = new Set(["second_factor_invalid", "passkey_invalid"]);
