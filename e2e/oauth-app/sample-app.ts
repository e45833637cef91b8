import * as oauth from "openid-client";

export interface SampleAppOptions {
  /** Where AgathaAI is: its public URL. */
  issuer: string;
  clientId: string;
  /** None for a public app. */
  clientSecret?: string;
  redirectUri: string;
  scope: string;
  /** Reaches the issuer where its name leads nowhere, as in a test. */
  fetch?: typeof fetch;
}

/**
 * A whole integration of a third party on a stock client library: it sends the reader to AgathaAI, takes them back, and calls
 * the API with what they granted. Nothing here knows AgathaAI but its address and the app's registration.
 */
export async function openSampleApp(options: SampleAppOptions) {
  const { issuer, clientId, clientSecret, redirectUri, scope, fetch: reach } = options;
  const config = await oauth.discovery(
    new URL(issuer),
    clientId,
    clientSecret,
    clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(clientSecret),
    {
      // Plain HTTP, because the issuer of a test is this machine.
      execute: [oauth.allowInsecureRequests],
      ...(reach && { [oauth.customFetch]: reach as oauth.CustomFetch }),
    },
  );

  return {
    config,
    /** Where "Sign in with AgathaAI" leads, and what has to be remembered until the reader is back. */
    async begin() {
      const verifier = oauth.randomPKCECodeVerifier();
      const state = oauth.randomState();
      // Only an ID token carries it.
      const nonce = scope.split(" ").includes("openid") ? oauth.randomNonce() : undefined;
      const url = oauth.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope,
        state,
        ...(nonce !== undefined && { nonce }),
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      return {
        url,
        checks: {
          pkceCodeVerifier: verifier,
          expectedState: state,
          ...(nonce !== undefined && { expectedNonce: nonce }),
        },
      };
    },
    /** Exchanges the code in the address that the reader came back to. Checks state, `iss`, nonce and the ID token. */
    finish: (back: URL, checks: oauth.AuthorizationCodeGrantChecks) =>
      oauth.authorizationCodeGrant(config, back, checks),
    refresh: (token: string) => oauth.refreshTokenGrant(config, token),
    userinfo: (token: string, subject: string) => oauth.fetchUserInfo(config, token, subject),
    introspect: (token: string) => oauth.tokenIntrospection(config, token),
    revoke: (token: string) => oauth.tokenRevocation(config, token),
    /** A call of the API itself. */
    call: (token: string, path: string, init: RequestInit = {}) =>
      (reach ?? fetch)(new URL(path, issuer), {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
      }),
  };
}

export type SampleApp = Awaited<ReturnType<typeof openSampleApp>>;
