import type { Mutation } from "../mutation";

const provider = "src/server/oauth/provider/create-provider.ts";
const adapter = "src/server/oauth/provider/adapter.ts";
const attacks = "e2e/oauth-app/attacks.test.ts";

export const ofOauth: readonly Mutation[] = [
  {
    statement: 16,
    protection: "a redirect URI is compared exactly, its port too",
    file: adapter,
    find: 'application_type: "web",',
    replace: 'application_type: "native",',
    test: { file: attacks, title: "a port of the local machine counts as well" },
  },
  {
    statement: 16,
    protection: "and is never left to a default",
    file: provider,
    find: "allowOmittingSingleRegisteredRedirectUri: false,",
    replace: "allowOmittingSingleRegisteredRedirectUri: true,",
    test: {
      file: "e2e/oauth-app/tampering.test.ts",
      title: "that leaves its redirect URI to a default is refused: nothing is sent where nobody said",
    },
  },
  {
    statement: 16,
    protection: "none is registered that two parsers read in two ways",
    file: "src/core/oauth/apps/app-urls.ts",
    find: "  return isAsWritten(text, url) ? undefined",
    replace: "  return isAsWritten(text, url) || url.hostname.length > 0 ? undefined",
    test: {
      file: "src/core/oauth/apps/app-urls.test.ts",
      title: "%j, which two parsers could read in two ways or which leads elsewhere, cannot be",
    },
  },
  {
    statement: 17,
    protection: "PKCE is for every app",
    file: provider,
    find: "pkce: { required: () => true },",
    replace: "pkce: { required: () => false },",
    test: {
      file: attacks,
      title: "cannot be left out or weakened: %s, for confidential apps too",
      row: "no challenge",
    },
  },
  {
    statement: 18,
    protection: "a code is short-lived",
    file: provider,
    find: "const CODE_SECONDS = 60;",
    replace: "const CODE_SECONDS = 3_600;",
    test: { file: attacks, title: "ends within ten minutes, used or not" },
  },
  {
    statement: 18,
    protection: "reuse ends what the code bought",
    file: "src/server/oauth/provider/artifacts.ts",
    find: "if (grantId !== undefined) await endGrant(db, { grantId });",
    replace: "if (grantId === undefined) await endGrant(db, { grantId: id });",
    test: { file: attacks, title: "used a second time is refused, and what the first use bought ends" },
  },
  {
    statement: 18,
    protection: "of several uses at once one counts",
    file: "src/core/oauth/artifacts/artifact-store.ts",
    find: "kind, consumedAt: null },\n    data:",
    replace: "kind },\n    data:",
    test: {
      file: "src/core/oauth/artifacts/artifact-store.integration.test.ts",
      title: "of many uses at once the first counts, and no later one",
    },
  },
  {
    statement: 19,
    protection: "there is no implicit flow",
    file: provider,
    find: 'responseTypes: ["code"],',
    replace: 'responseTypes: ["code", "id_token"],',
    test: { file: attacks, title: "implicit and password grants do not exist" },
  },
  {
    statement: 20,
    protection: "an answer names its issuer",
    file: "src/server/oauth/oauth.ts",
    find: "        return await library(incoming, outgoing);",
    replace:
      '        const set = outgoing.setHeader.bind(outgoing);\n        outgoing.setHeader = (name, value) =>\n          set(name, /^location$/i.test(name) ? String(value).replace(/[?&]iss=[^&]*/, "") : value);\n        return await library(incoming, outgoing);',
    test: {
      file: attacks,
      title: "of another issuer is not taken: every answer says who gives it (RFC 9207)",
    },
  },
  {
    statement: 21,
    protection: "the person is asked",
    file: provider,
    find: "ctx.oidc.result?.consent?.grantId === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT",
    replace: "ctx.oidc.result === null ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT",
    test: {
      file: attacks,
      title: "is asked for each time, and never for an organization that is not the person's",
    },
  },
  {
    statement: 21,
    protection: "nobody connects an app with an address that may be another's",
    file: "src/core/oauth/grants/grants.ts",
    find: 'await assertEmailVerified(tx, userId, { public: "Verify your email before you connect an app." });',
    replace: "await assertSessionActive(tx, principal);",
    test: {
      file: "src/core/oauth/unverified-people.integration.test.ts",
      title: "an account whose address may be another's connects no app, and neither does a provisional one",
    },
  },
  {
    statement: 21,
    protection: "an app is kept by somebody who has verified their email",
    file: "src/core/oauth/apps/app-rows.ts",
    find: "if (!deletes) {",
    replace: "if (deletes && !deletes) {",
    test: {
      file: "src/core/oauth/unverified-people.integration.test.ts",
      title:
        "an unverified person registers no app, and changes, rotates or re-points none of their organization's",
    },
  },
  {
    statement: 21,
    protection: "a token that a service account revoked ends",
    file: "src/core/keys/verify/verify-api-key.ts",
    find: "if (key.service.revoked.has(revocationOf(token))) return undefined;",
    replace: 'if (key.service.revoked.has(revocationOf(token)) && token.tokenId === "") return undefined;',
    test: {
      file: "e2e/oauth-app/service-account-revocation.test.ts",
      title:
        "a revoked token is refused everywhere within five seconds, and introspection agrees; the account's others go on",
    },
  },
  {
    statement: 16,
    protection: "an app without a redirect URI is refused at the authorization endpoint",
    file: adapter,
    find: 'response_types: redirects ? (["code"] as const) : [],',
    replace: 'response_types: ["code"] as const,',
    test: {
      file: "e2e/oauth-app/device.test.ts",
      title:
        "has no redirect URI, connects by its code, and is refused at the authorization endpoint whatever it sends",
    },
  },
  {
    statement: 21,
    protection: "a connection can be ended",
    file: "src/core/oauth/grants/grants.ts",
    find: "const { count } = await tx.oauthGrant.deleteMany({ where: { appId, orgId, userId } });",
    replace: "const count = await tx.oauthGrant.count({ where: { appId, orgId, userId } });",
    test: {
      file: "e2e/oauth-app/sign-in-and-call.test.ts",
      title: "when the person ends the connection; other apps and people keep theirs",
    },
  },
  {
    statement: 14,
    protection: "what an app's person agreed to ends",
    file: "src/core/oauth/grants/grants.ts",
    find: "export const GRANT_DAYS = 180;",
    replace: "export const GRANT_DAYS = 365;",
    test: {
      file: "e2e/oauth-app/lifetimes.test.ts",
      title:
        "ends with its consent after 180 days, however often it was used, and so does every access token",
    },
  },
  {
    statement: 18,
    protection: "a device's code is short-lived",
    file: provider,
    find: "const DEVICE_CODE_SECONDS = 600;",
    replace: "const DEVICE_CODE_SECONDS = 6_000;",
    test: {
      file: "e2e/oauth-app/lifetimes.test.ts",
      title:
        "work for ten minutes; afterwards the device is told that they expired, and nobody can enter them",
    },
  },
  {
    statement: 21,
    protection: "guesses of a device's code are limited",
    file: "src/server/oauth/device.ts",
    find: "  if (decision.allowed) return;\n",
    replace: "  if (decision.resetAt !== undefined) return;\n",
    test: {
      file: "e2e/oauth-app/device.test.ts",
      title: "a person who guesses codes is stopped after ten, and so is an address with many people",
    },
  },
  {
    statement: 21,
    protection: "a device's code takes one decision",
    file: "src/server/oauth/device.ts",
    find: '  if (!(await consumeArtifact(db, { kind: "UserCode", secret: userCode }))) throw unknownCode();',
    replace: '  await consumeArtifact(db, { kind: "UserCode", secret: userCode });',
    test: {
      file: "e2e/oauth-app/device.test.ts",
      title: "a code takes one decision, also of several at the same moment",
    },
  },
  {
    statement: 6,
    protection: "a disabled service account's tokens stop",
    file: "src/core/keys/verify/verify-api-key.ts",
    find: "!key?.service || key.service.disabled || key",
    replace: "!key?.service || key",
    test: {
      file: "e2e/oauth-app/service-accounts.test.ts",
      title: "when it is disabled; enabled, it works again",
    },
  },
  {
    statement: 6,
    protection: "tokens of an earlier generation stop",
    file: "src/core/keys/verify/verify-api-key.ts",
    find: "key.service.generation !== generation)",
    replace: "key.service.generation < generation)",
    test: {
      file: "e2e/oauth-app/service-accounts.test.ts",
      title: "without grace ends the old one at once, and every token that was got with it",
    },
  },
  {
    statement: 7,
    protection: "a token has no more scopes than its account",
    file: "src/core/keys/verify/verify-api-key.ts",
    find: "[...principal.scopes].filter((scope) => scopes.includes(scope))",
    replace: 'scopes.filter((scope): scope is Scope => scope !== "")',
    test: {
      file: "e2e/oauth-app/service-account-attacks.test.ts",
      title: "a token that claims a scope the account does not have gets nothing by it",
    },
  },
  {
    statement: 3,
    protection: "the key of a service account opens nothing by its name",
    file: "src/core/keys/verify/verify-api-key.ts",
    find: "  if (!isKeySecret(secret)) throw invalidKey();",
    replace: '  if (secret === "") throw invalidKey();',
    test: {
      file: "e2e/oauth-app/service-account-attacks.test.ts",
      title: "another account's secret, a forged one and an API key are no secret of it",
    },
  },
];
