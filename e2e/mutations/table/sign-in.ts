import type { Mutation } from "../mutation";

const passwords = "src/core/accounts/passwords";
const strongTest = `${passwords}/assert-strong-password.test.ts`;
const weak = (row: string) => ({ file: strongTest, title: "refused as weak: %s", row });
const loginTest = "src/core/accounts/sign-in/login.integration.test.ts";
const factorTest = "src/core/accounts/second-factor/second-factor.integration.test.ts";
const settingsTest = "src/core/accounts/users/settings.integration.test.ts";
const throttle = "src/core/accounts/sign-in/throttle.ts";

export const ofSignIn: readonly Mutation[] = [
  {
    statement: 22,
    protection: "argon2id takes 19 MiB",
    file: `${passwords}/password.ts`,
    find: "memoryCost: 19_456,",
    replace: "memoryCost: 4_096,",
    test: {
      file: `${passwords}/password.test.ts`,
      title: "passwords are hashed by argon2id with 19 MiB, two passes and parallelism 1",
    },
  },
  {
    statement: 23,
    protection: "a password has 12 characters",
    file: `${passwords}/assert-strong-password.ts`,
    find: "const MIN_LENGTH = 12;",
    replace: "const MIN_LENGTH = 8;",
    test: weak("short"),
  },
  {
    statement: 23,
    protection: "long ones are taken",
    file: `${passwords}/assert-strong-password.ts`,
    find: "const MAX_LENGTH = 128;",
    replace: "const MAX_LENGTH = 64;",
    test: { file: strongTest, title: "%j is accepted" },
  },
  {
    statement: 23,
    protection: "common ones are not",
    file: `${passwords}/assert-strong-password.ts`,
    find: "if (await isCommonPassword(text)) {",
    replace: 'if ((await isCommonPassword(text)) && text === "") {',
    test: weak("on every list"),
  },
  {
    statement: 23,
    protection: "nor breached ones",
    file: `${passwords}/assert-strong-password.ts`,
    find: "if (await isBreachedPassword(text)) {",
    replace: 'if ((await isBreachedPassword(text)) && text === "") {',
    test: {
      file: "src/core/accounts/breached-passwords.integration.test.ts",
      title:
        "a breached password is refused at sign-up, at a change and at a reset, and a clean one accepted",
    },
  },
  {
    statement: 24,
    protection: "guesses end after ten",
    file: throttle,
    find: "const pairLimit = { limit: 10,",
    replace: "const pairLimit = { limit: 1_000,",
    test: {
      file: loginTest,
      title:
        "ends after ten wrong passwords from one address, the right one included, and says when to come back",
    },
  },
  {
    statement: 24,
    protection: "a guesser locks nobody else out",
    file: throttle,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    find: "pair: `login:pair:${account}:${network}`,",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    replace: "pair: `login:pair:${account}`,",
    test: { file: loginTest, title: "never locks out the owner, who signs in from elsewhere" },
  },
  {
    statement: 25,
    protection: "an address without an account costs the same work",
    file: `${passwords}/password.ts`,
    find: "  const matches = await verify(passwordHash ?? DUMMY_HASH, normalizePassword(password));",
    replace:
      "  if (passwordHash === null) return false;\n  const matches = await verify(passwordHash, normalizePassword(password));",
    test: {
      file: loginTest,
      title:
        "gives unknown addresses, wrong passwords and accounts without one the same answer after the same work",
    },
  },
  {
    statement: 25,
    protection: "signing in looks for a provisional account every time",
    file: "src/core/accounts/sign-in/authenticate.ts",
    find: "      userId === undefined\n        ? await findProvisional",
    replace: "      userId === undefined && !matches\n        ? await findProvisional",
    test: {
      file: "src/core/accounts/sign-up/provisional-account.integration.test.ts",
      title:
        "takes the same work, whether the email has an account or not, when signing up and when signing in",
    },
  },
  {
    statement: 26,
    protection: "a time step counts once",
    file: "src/core/accounts/second-factor/authenticator.ts",
    find: ", lastStep: { lt: step } },",
    replace: " },",
    test: {
      file: factorTest,
      title: "each time step is accepted once, none before it afterwards, and at most one step away from now",
    },
  },
  {
    statement: 26,
    protection: "and near its time only",
    file: "src/core/accounts/second-factor/authenticator.ts",
    find: "const WINDOW = 1;",
    replace: "const WINDOW = 10;",
    test: {
      file: factorTest,
      title: "each time step is accepted once, none before it afterwards, and at most one step away from now",
    },
  },
  {
    statement: 27,
    protection: "whoever reset a password is asked for the factor",
    file: "src/core/accounts/second-factor/has-second-factor.ts",
    find: "confirmedAt: { not: null } } })) > 0) return true;",
    replace: "confirmedAt: { not: null } } })) > 99) return true;",
    test: { file: factorTest, title: "a password reset does not go round the factor" },
  },
  {
    statement: 28,
    protection: "a proof counts for ten minutes",
    file: "src/core/accounts/sessions/step-up.ts",
    find: "const STEPPED_UP_MS = 10 * MINUTE;",
    replace: "const STEPPED_UP_MS = 600 * MINUTE;",
    test: {
      file: factorTest,
      title:
        "a step-up takes the code where there is a factor, else the password, and counts for ten minutes",
    },
  },
  {
    statement: 28,
    protection: "a change of the email asks for it",
    file: "src/server/trpc/routers/auth/email-change.ts",
    find: "stepUp: true,",
    replace: "",
    test: {
      file: "src/server/trpc/middleware/step-up.test.ts",
      title: "a step-up is asked for before what could take an account or an organization away",
    },
  },
  {
    statement: 28,
    protection: "the present mailbox is told",
    file: "src/core/accounts/email-change/request-email-change.ts",
    find: '  afterResponse("email change notice", () => emailUser(db, userId, emailChangeRequestedEmail()));\n',
    replace: "",
    test: {
      file: "src/core/accounts/email-change/email-change.integration.test.ts",
      title:
        "the address changes when the link in the new mailbox is used, once, within a day, and both are told",
    },
  },
  {
    statement: 29,
    protection: "a list has the person's own sessions only",
    file: "src/core/accounts/sessions/list-sessions.ts",
    find: "where: { userId, revokedAt: null, expiresAt",
    replace: "where: { revokedAt: null, expiresAt",
    test: {
      file: settingsTest,
      title: "sessions are listed newest first, with device, address and the one that asks, page by page",
    },
  },
  {
    statement: 29,
    protection: "one of them can be ended",
    file: "src/core/accounts/sessions/revoke-sessions.ts",
    find: "      where: { id, userId, revokedAt: null },\n      data: { revokedAt: clock.now() },",
    replace: "      where: { id, userId, revokedAt: null },\n      data: { lastSeenAt: clock.now() },",
    test: {
      file: settingsTest,
      title: "a revoked session stops at once, tokens included, and revoking it again changes nothing",
    },
  },
  {
    statement: 29,
    protection: "a new device is emailed",
    file: "src/core/accounts/sign-in-history/notify-new-sign-in.ts",
    find: "  if (!newDevice) return;",
    replace: "  if (newDevice || !newDevice) return;",
    test: {
      file: "src/core/accounts/sign-in-history/sign-in-history.integration.test.ts",
      title:
        "is told by email with time, device and network block, once per device, and marked in the history",
    },
  },
];
