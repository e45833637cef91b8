import { argv, env } from "node:process";
import { fileURLToPath } from "node:url";
import { createUser } from "../src/core/accounts/create-user";
import { emailIndex } from "../src/core/accounts/email";
import { hashPassword, passwordGate, verifyPassword } from "../src/core/accounts/password";
import { createKey, revokeKey } from "../src/core/keys";
import { getOrganizationPlan, scopeSetOfRole } from "../src/core/orgs";
import { plans } from "../src/core/plans";
import { systemClock } from "../src/core/platform/clock";
import { createDb, type Db } from "../src/core/platform/db";
import { env as productEnv } from "../src/core/platform/env";
import { newId } from "../src/core/platform/ids";
import type { UserPrincipal } from "../src/core/platform/principal";

export const DEMO_EMAIL = "demo@agathaai.com";
const DEMO_NAME = "Demo";
const KEY_NAME = "Local start";

export interface Demo {
  email: string;
  /** False once its owner has chosen another password. */
  passwordUnchanged: boolean;
  /** A live key of its own for every start; those of earlier starts are revoked. */
  apiKey: string;
}

/**
 * A verified demo account, made once, and a fresh live key of it. For local runs: whoever reads the terminal can sign
 * in. Reads the product's environment.
 */
export async function seed({ password }: { password: string }): Promise<Demo> {
  const db = createDb({ url: productEnv().DATABASE_URL, poolMax: 2 });
  try {
    const { userId, orgId, passwordHash } = (await findDemo(db)) ?? (await createDemo(db, password));
    const passwordUnchanged = await passwordGate.run(() => verifyPassword(passwordHash, password));
    return { email: DEMO_EMAIL, passwordUnchanged, apiKey: await replaceKey(db, { userId, orgId }) };
  } finally {
    await db.$disconnect();
  }
}

type DemoAccount = { userId: string; orgId: string; passwordHash: string | null };

async function findDemo(db: Db): Promise<DemoAccount | undefined> {
  const user = await db.user.findUnique({
    where: { emailIndex: emailIndex(DEMO_EMAIL) },
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

async function createDemo(db: Db, password: string): Promise<DemoAccount> {
  const passwordHash = await hashPassword(password);
  const account = { email: DEMO_EMAIL, name: DEMO_NAME, passwordHash, emailVerified: true };
  return await createUser(
    db,
    account,
    async (_, { userId, orgId }) => ({ userId, orgId, passwordHash }),
    systemClock,
  );
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

if (argv[1] === fileURLToPath(import.meta.url)) {
  const password = env.DEMO_PASSWORD;
  if (password === undefined || password.length < 12) {
    console.error("Set DEMO_PASSWORD (12 characters or more): the demo account can be signed in to with it.");
    process.exit(1);
  }
  const { email, apiKey } = await seed({ password });
  console.log(`${email} can sign in. A live key: ${apiKey}`);
}
