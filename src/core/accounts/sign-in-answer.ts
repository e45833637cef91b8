import { type Clock, SECOND } from "../platform/clock";
import { ACCESS_TOKEN_MS, accessTokens } from "./access-token";
import type { OpenedSession } from "./open-session";
import type { MeView, SignedInView } from "./schemas";

export async function signInAnswer(
  me: MeView,
  session: OpenedSession,
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
