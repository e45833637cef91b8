import { env } from "@agathaai/core/platform/env";
import type { OAuthProvider } from "../_components/oauth-buttons";

/** The providers whose client id and secret are configured. */
export function configuredOAuthProviders(): OAuthProvider[] {
  const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = env();
  return [
    ...(GOOGLE_CLIENT_ID && GOOGLE_CLIENT_SECRET ? [{ id: "google", name: "Google" } as const] : []),
    ...(GITHUB_CLIENT_ID && GITHUB_CLIENT_SECRET ? [{ id: "github", name: "GitHub" } as const] : []),
  ];
}
