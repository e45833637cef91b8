import { SECOND } from "@agathaai/core/platform";
import { env } from "@agathaai/core/platform/env";
import GitHubProvider, { type GithubProfile } from "next-auth/providers/github";
import GoogleProvider from "next-auth/providers/google";
import { z } from "zod";

const GITHUB_EMAILS = "https://api.github.com/user/emails";
const TIMEOUT_MS = 5 * SECOND;

const githubEmailsSchema = z.array(
  z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }),
);

/** Google and GitHub, each if its client id and secret are in the environment. */
export function oauthProviders() {
  const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = env();
  return [
    ...(GOOGLE_CLIENT_ID && GOOGLE_CLIENT_SECRET
      ? [GoogleProvider({ clientId: GOOGLE_CLIENT_ID, clientSecret: GOOGLE_CLIENT_SECRET })]
      : []),
    ...(GITHUB_CLIENT_ID && GITHUB_CLIENT_SECRET ? [github(GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET)] : []),
  ];
}

/**
 * GitHub's profile does not say whether its email address is verified, and next-auth accepts it unchecked. We request the
 * list of addresses and take the primary one only if GitHub has verified it.
 */
function github(clientId: string, clientSecret: string) {
  return GitHubProvider({
    clientId,
    clientSecret,
    userinfo: {
      url: "https://api.github.com/user",
      async request({ client, tokens }) {
        const accessToken = tokens.access_token ?? "";
        const { email: _unproven, ...profile } = await client.userinfo<GithubProfile>(accessToken);
        const email = await confirmedGithubEmail(accessToken);
        return email === null ? profile : { ...profile, email, email_verified: true };
      },
    },
  });
}

async function confirmedGithubEmail(accessToken: string): Promise<string | null> {
  const response = await fetch(GITHUB_EMAILS, {
    headers: { authorization: `Bearer ${accessToken}`, accept: "application/vnd.github+json" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) return null;
  return pickConfirmedEmail(await response.json());
}

/** The primary email address of GitHub's list, if GitHub has verified it. */
export function pickConfirmedEmail(list: unknown): string | null {
  const emails = githubEmailsSchema.safeParse(list);
  if (!emails.success) return null;
  return emails.data.find(({ primary, verified }) => primary && verified)?.email ?? null;
}
