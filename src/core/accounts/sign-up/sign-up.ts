import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { CallerContext, RegisterInput } from "../schemas";
import { registerAccount } from "./register-account";

/**
 * Registers a person at the portal, which then signs them in by its own cookie: no session is opened here that nobody
 * would use. @throws AppError as `registerAccount`.
 */
export async function signUp(
  db: Db,
  input: RegisterInput & CallerContext,
  clock: Clock = systemClock,
): Promise<{ signed_up: true }> {
  await registerAccount(db, input, async () => undefined, clock);
  return { signed_up: true };
}
