import { createUser, emailIndex, hashPassword, passwordGate, verifyPassword } from "../../src/core/accounts";
import { createKey, revokeKey } from "../../src/core/keys";
import { appointOperator } from "../../src/core/operators";
import { getOrganizationPlan, scopeSetOfRole } from "../../src/core/orgs";
import { plans } from "../../src/core/plans";
import { systemClock } from "../../src/core/platform/clock";
import { createDb, type Db } from "../../src/core/platform/db/client";
import { newId } from "../../src/core/platform/ids";
import type { UserPrincipal } from "../../src/core/platform/principal";

export const DEMO_EMAIL = "demo@agathaai.com";
export const OPERATOR_EMAIL = "operator@agathaai.com";
const DEMO_NAME = "Demo";
const OPERATOR_NAME = "Operator";
const KEY_NAME = "Local start";

export interface Demo {
  email: string;
  /** False once its owner has chosen another password. */
  passwordUnchanged: boolean;
  /** Of our own, who may use the operator console. */
  operator: { email: string; passwordUnchanged: boolean };
  /** A live key of its own for every start; those of earlier starts are revoked. */
  apiKey: string;
}

interface SeedOptions {
  databaseUrl: string;
  password: string;
  operatorPassword: string;
}

/**
 * A verified demo account and an operator's, each made once, and a fresh live key of the demo's. For local runs:
 * whoever reads the terminal can sign in, one of the two as an operator. Call it for a database that this run started
 * itself and that nobody reaches from outside; there is no command for it. Reads the product's environment.
 */
export async function seed({ databaseUrl, password, operatorPassword }: SeedOptions): Promise<Demo> {
  const db = createDb({ url: databaseUrl, poolMax: 2 });
  try {
    const demo = await openAccount(db, { email: DEMO_EMAIL, name: DEMO_NAME, password });
    const operator = await openAccount(db, {
      email: OPERATOR_EMAIL,
      name: OPERATOR_NAME,
      password: operatorPassword,
    });
    if (operator.made) await appointOperator(db, { email: OPERATOR_EMAIL, operator: true });
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
  /** Just now. */
  made: boolean;
  passwordUnchanged: boolean;
}

type Login = { email: string; name: string; password: string };

async function openAccount(db: Db, login: Login): Promise<Account> {
  const found = await findAccount(db, login.email);
  if (found === undefined)
    return { ...(await createAccount(db, login)), made: true, passwordUnchanged: true };
  const { passwordHash, ...account } = found;
  const passwordUnchanged = await passwordGate.run(() => verifyPassword(passwordHash, login.password));
  return { ...account, made: false, passwordUnchanged };
}

async function findAccount(
  db: Db,
  email: string,
): Promise<{ userId: string; orgId: string; passwordHash: string | null } | undefined> {
  const user = await db.user.findUnique({
    where: { emailIndex: emailIndex(email) },
    select: {
      id: true,
      passwordHash: true,
      memberships: {
        where: { role: "owner" },
        orderBy: { createdAt: "asc" },
        take: 1,
        select: { orgId: true },
      },
    },
  });
  const membership = user?.memberships[0];
  if (user === null || membership === undefined) return undefined;
  return { userId: user.id, orgId: membership.orgId, passwordHash: user.passwordHash };
}

async function createAccount(
  db: Db,
  { password, ...login }: Login,
): Promise<{ userId: string; orgId: string }> {
  const account = { ...login, passwordHash: await hashPassword(password), emailVerified: true };
  return await createUser(db, account, async (_, { userId, orgId }) => ({ userId, orgId }), systemClock);
}

async function replaceKey(db: Db, { userId, orgId }: { userId: string; orgId: string }): Promise<string> {
  const plan = await getOrganizationPlan(db, orgId);
  const owner: UserPrincipal = {
    kind: "session",
    userId,
    orgId,
    sessionId: newId(),
    role: "owner",
    scopes: scopeSetOfRole("owner"),
    plan,
    requestsPerMinute: plans[plan].requestsPerMinute,
    environment: "live",
    emailVerified: true,
    operator: false,
  };
  const earlier = await db.apiKey.findMany({
    where: { orgId, revokedAt: null, name: { startsWith: KEY_NAME } },
    select: { id: true },
  });
  for (const { id } of earlier) await revokeKey(db, { principal: owner, input: { id } });
  const name = `${KEY_NAME} ${systemClock.now().toISOString().slice(0, 16).replace("T", " ")}`;
  const { secret } = await createKey(db, { principal: owner, input: { name, environment: "live" } });
  return secret;
}
