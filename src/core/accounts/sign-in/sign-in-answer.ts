import { type Clock, SECOND } from "../../platform/clock";
import type { MeView, SignedInView } from "../schemas";
import type { SessionRef } from "../sessions/create-session";
import { ACCESS_TOKEN_MS, accessTokens } from "../tokens/access-token";

export async function toSignedInView(
  me: MeView,
  session: SessionRef,
  refreshToken: string,
  clock: Clock,
): Promise<SignedInView> {
  return {
    ...me,
    access_token: await (await accessTokens()).sign(session, clock),
    refresh_token: refreshToken,
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_MS / SECOND,
  };
}
