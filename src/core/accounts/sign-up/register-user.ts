import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { CallerContext, RegisterInput, SignedInView } from "../schemas";
import { createApiSession, toSignedInView } from "../sessions/create-session";
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
    async (tx, user) => ({
      view: user.view,
      ...(await createApiSession(tx, { ...user, ip, userAgent }, clock)),
    }),
    clock,
  );
  return await toSignedInView(view, session, refreshToken, clock);
}
