import type { Mutation } from "../mutation";

const file = "src/core/accounts/tokens/access-token.ts";
const tokenTest = "src/core/accounts/tokens/access-token.test.ts";
const refused = (row: string) => ({ file: tokenTest, title: "refused: %s", row });
const refreshTest = "src/core/accounts/sessions/refresh-session.integration.test.ts";

export const ofTokens: readonly Mutation[] = [
  {
    statement: 8,
    protection: "RS256 is the only algorithm",
    file,
    find: '        algorithms: ["RS256"],\n',
    replace: "",
    test: refused("RS512 by our own key"),
  },
  {
    statement: 9,
    protection: "an unknown kid is no key of ours",
    file,
    find: "kid === undefined ? undefined : this.#keys.get(kid);",
    replace: 'this.#keys.get(kid ?? "") ?? [...this.#keys.values()][0];',
    test: refused("an unknown kid"),
  },
  {
    statement: 9,
    protection: "a key that a token brings along is ignored",
    file,
    find: "({ kid }) => this.#keyOf(kid)",
    replace:
      '({ kid, jwk }) => jwk ? createPublicKey({ key: jwk as never, format: "jwk" }) : this.#keyOf(kid)',
    test: refused("a key of its own brought along"),
  },
  {
    statement: 10,
    protection: "the issuer is ours",
    file,
    find: "        issuer,\n",
    replace: "",
    test: refused("another issuer"),
  },
  {
    statement: 10,
    protection: "the audience is our API",
    file,
    find: "        audience: this.#options.audience,\n",
    replace: "",
    test: refused("another audience"),
  },
  {
    statement: 10,
    protection: "a token is not used before its time",
    file,
    find: "        currentDate: clock.now(),",
    replace: "        currentDate: clock.now(), clockTolerance: 120,",
    test: refused("not yet valid"),
  },
  {
    statement: 10,
    protection: "nor after it",
    file,
    find: "        currentDate: clock.now(),",
    replace: "        currentDate: clock.now(), clockTolerance: 120,",
    test: {
      file: tokenTest,
      title: "a token of ours gives back its claims for 15 minutes and not a moment longer",
    },
  },
  {
    statement: 11,
    protection: "the type is at+jwt",
    file,
    find: "        typ: TYPE,\n",
    replace: "",
    test: refused("typ JWT"),
  },
  {
    statement: 12,
    protection: "earlier keys still verify",
    file,
    find: 'splitPem(options.previousPublicKeys ?? "")',
    replace: 'splitPem("")',
    test: { file: tokenTest, title: "a token signed by a previous key still verifies" },
  },
  {
    statement: 13,
    protection: "a used refresh token ends its family",
    file: "src/core/accounts/sessions/refresh-session.ts",
    find: "  await endReused(tx, session, now);\n",
    replace: "",
    test: {
      file: refreshTest,
      title: "used again ends the whole family: its newest token and its access tokens too",
    },
  },
  {
    statement: 13,
    protection: "an app's refresh token rotates",
    file: "src/server/oauth/provider/create-provider.ts",
    find: "rotateRefreshToken: true,",
    replace: "rotateRefreshToken: false,",
    test: {
      file: "e2e/oauth-app/attacks.test.ts",
      title: "used a second time ends its whole family, the newest token included",
    },
  },
  {
    statement: 14,
    protection: "a session has an end however much it is used",
    file: "src/core/accounts/sessions/session-life.ts",
    find: "const LIFE_MS = 90 * DAY;",
    replace: "const LIFE_MS = 900 * DAY;",
    test: {
      file: refreshTest,
      title: "ends ninety days after the sign-in, however often it is used, and its access tokens with it",
    },
  },
  {
    statement: 15,
    protection: "signing out ends the session",
    file: "src/core/accounts/sessions/logout.ts",
    find: "data: { revokedAt: clock.now() },",
    replace: "data: { lastSeenAt: clock.now() },",
    test: {
      file: refreshTest,
      title: "ends the session by any of its refresh tokens, and says the same for unknown ones",
    },
  },
  {
    statement: 15,
    protection: "a reset ends every session",
    file: "src/core/accounts/sign-in/end-earlier-access.ts",
    find: "where: { userId, revokedAt: null },",
    replace: 'where: { userId, revokedAt: null, kind: "portal" },',
    test: {
      file: "src/core/accounts/sign-up/email-links.integration.test.ts",
      title: "ends every session of every kind, and only the new password works",
    },
  },
  {
    statement: 15,
    protection: "the sessions of a deleted account have ended",
    file: "src/core/accounts/sessions/load-user-principal.ts",
    find: "AND u.deleted_at IS NULL AND o.deleted_at IS NULL`;",
    replace: "AND o.deleted_at IS NULL`;",
    test: { file: refreshTest, title: "ends with its account" },
  },
];
