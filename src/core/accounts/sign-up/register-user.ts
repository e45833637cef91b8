import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { CallerContext, RegisterInput, SignedInView } from "../schemas";
import { createSession } from "../sessions/create-session";
import { toSignedInView } from "../sign-in/sign-in-answer";
import { issueRefreshToken } from "../tokens/refresh-token";
import { registerAccount } from "./register-account";

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
      const opened = await createSession(tx, { ...user, kind: "api", ip, userAgent }, clock);
      return {
        view: user.view,
        session: opened,
        refreshToken: await issueRefreshToken(tx, opened, clock.now()),
      };
    },
    clock,
  );
  return await toSignedInView(view, session, refreshToken, clock);
}
