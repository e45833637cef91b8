import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { openSession } from "./open-session";
import { issueRefreshToken } from "./refresh-token";
import { registerAccount } from "./register-account";
import type { CallerContext, RegisterInput, SignedInView } from "./schemas";
import { signInAnswer } from "./sign-in-answer";

/** Registers a person and signs them in at the API, in one commit. @throws AppError as `registerAccount`. */
export async function registerUser(
  db: Db,
  input: RegisterInput & CallerContext,
  clock: Clock = systemClock,
): Promise<SignedInView> {
  const { ip, userAgent } = input;
  const { view, session, refreshToken } = await registerAccount(
    db,
    input,
    async (tx, user) => {
      const opened = await openSession(tx, { ...user, kind: "api", ip, userAgent }, clock);
      return {
        view: user.view,
        session: opened,
        refreshToken: await issueRefreshToken(tx, opened, clock.now()),
      };
    },
    clock,
  );
  return await signInAnswer(view, session, refreshToken, clock);
}
