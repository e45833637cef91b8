import { createUser, hashPassword, passwordGate, verifyPassword } from "../../src/core/accounts";
import { recordSignUp } from "../../src/core/consents";
import { createKey, revokeKey } from "../../src/core/keys";
import { appointOperator } from "../../src/core/operators";
import { type Db, systemClock } from "../../src/core/platform";
import { createDb } from "../../src/core/platform/db/client";
import { findAccount, ownerPrincipal } from "./account";

export const DEMO_EMAIL = "demo@agathaai.com";
export const OPERATOR_EMAIL = "operator@agathaai.com";
const DEMO_NAME = "Demo";
const OPERATOR_NAME = "Operator";
const KEY_NAME = "Local start";

export interface Demo {
  email: string;
  /** False once its owner has chosen another password. */
  passwordUnchanged: boolean;
  /** An operator's account, for the console. */
  operator: { email: string; passwordUnchanged: boolean };
  /** A new live key for each start; those of earlier starts are revoked. */
  apiKey: string;
}

interface SeedOptions {
  databaseUrl: string;
  password: string;
  operatorPassword: string;
}

/**
 * Scenario `demo`: a verified demo account and an operator's, each created once, and a new live key for the demo. Only for
 * a database that this run started itself and that is not reachable from outside, because the passwords are printed.
 * There is no command for it: `npm start` runs it.
 */
export async function seedDemo({ databaseUrl, password, operatorPassword }: SeedOptions): Promise<Demo> {
  const db = createDb({ url: databaseUrl, poolMax: 2 });
  try {
    const demo = await findOrCreateAccount(db, { email: DEMO_EMAIL, name: DEMO_NAME, password });
    const operator = await findOrCreateAccount(db, {
      email: OPERATOR_EMAIL,
      name: OPERATOR_NAME,
      password: operatorPassword,
    });
    if (operator.created) await appointOperator(db, { email: OPERATOR_EMAIL, operator: true });
    return {
      email: DEMO_EMAIL,
      passwordUnchanged: demo.passwordUnchanged,
      operator: { email: OPERATOR_EMAIL, passwordUnchanged: operator.passwordUnchanged },
      apiKey: await replaceKey(db, demo),
    };
  } finally {
    await db.$disconnect();
  }
}

interface Account {
  userId: string;
  orgId: string;
  /** Whether this run created it. */
  created: boolean;
  passwordUnchanged: boolean;
}

type Login = { email: string; name: string; password: string };

async function findOrCreateAccount(db: Db, login: Login): Promise<Account> {
  const found = await findAccount(db, login.email);
  if (found === undefined)
    return { ...(await createAccount(db, login)), created: true, passwordUnchanged: true };
  const { passwordHash, ...account } = found;
  const passwordUnchanged = await passwordGate.run(() => verifyPassword(passwordHash, login.password));
  return { ...account, created: false, passwordUnchanged };
}

async function createAccount(
  db: Db,
  { password, ...login }: Login,
): Promise<{ userId: string; orgId: string }> {
  const account = { ...login, passwordHash: await hashPassword(password), emailVerified: true };
  return await createUser(
    db,
    account,
    async (tx, { userId, orgId }) => {
      await recordSignUp(tx, { userId, ip: null, marketing: false }, systemClock);
      return { userId, orgId };
    },
    systemClock,
  );
}

async function replaceKey(db: Db, { userId, orgId }: { userId: string; orgId: string }): Promise<string> {
  const owner = await ownerPrincipal(db, { userId, orgId });
  const earlier = await db.apiKey.findMany({
    where: { orgId, revokedAt: null, name: { startsWith: KEY_NAME } },
    select: { id: true },
  });
  for (const { id } of earlier) await revokeKey(db, { principal: owner, input: { id } });
  const name = `${KEY_NAME} ${systemClock.now().toISOString().slice(0, 16).replace("T", " ")}`;
  const { secret } = await createKey(db, { principal: owner, input: { name, environment: "live" } });
  return secret;
}
