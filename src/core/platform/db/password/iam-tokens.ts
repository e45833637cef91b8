import { Signer } from "@aws-sdk/rds-signer";
import { MINUTE } from "../../../../shared/time";
import { type Clock, systemClock } from "../../clock";
import type { PasswordSource } from "./password-source";

/** RDS takes a token for 15 minutes; connections that it opened stay. */
const RENEW_AFTER_MS = 10 * MINUTE;

interface Login {
  hostname: string;
  port: number;
  username: string;
}

/** Tokens of RDS's IAM sign-in: signed in this process with the task's own credentials, without a call to anybody. */
export function iamTokens(
  login: Login,
  clock: Clock = systemClock,
  sign = () => new Signer(login).getAuthToken(),
): PasswordSource {
  let made: { token: Promise<string>; at: number } | undefined;
  let version = 0;
  return {
    version: () => version,
    async read() {
      const now = clock.now().getTime();
      if (made === undefined || now - made.at >= RENEW_AFTER_MS) {
        version += 1;
        made = { token: sign(), at: now };
      }
      const { token } = made;
      return token.catch((error: unknown) => {
        if (made?.token === token) made = undefined;
        throw error;
      });
    },
    /** Its credentials may have ended; a token of new ones is worth one try. */
    async renew(refused) {
      if (refused === version) made = undefined;
      return true;
    },
  };
}
