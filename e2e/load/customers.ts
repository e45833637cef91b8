import { randomUUID } from "node:crypto";
import { createUser, hashPassword } from "../../src/core/accounts";
import { createKey } from "../../src/core/keys";
import { scopeSetOfRole } from "../../src/core/orgs";
import { type Db, newId, systemClock, type UserPrincipal } from "../../src/core/platform";
import { plans } from "../../src/shared/plans";

export interface Customer {
  orgId: string;
  /** The secret of a live key. */
  key: string;
}

/**
 * Organizations on the Enterprise plan with a live key each. Many of them: even Enterprise allows one organization
 * 10,000 requests a minute, and the limiter is to work, not to refuse.
 */
export async function openCustomers(db: Db, count: number): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let index = 0; index < count; index++) customers.push(await openCustomer(db));
  return customers;
}

async function openCustomer(db: Db): Promise<Customer> {
  const principal = await openOwner(db);
  const { secret } = await createKey(db, { principal, input: { name: "Load", environment: "live" } });
  return { orgId: principal.orgId, key: secret };
}

/** The owner of an organization of their own on the Enterprise plan, as signed in to the portal. */
export async function openOwner(db: Db): Promise<UserPrincipal> {
  const { userId, orgId } = await openUser(db, null);
  await db.subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
  return {
    kind: "session",
    userId,
    orgId,
    sessionId: newId(),
    role: "owner",
    scopes: scopeSetOfRole("owner"),
    plan: "enterprise",
    requestsPerMinute: plans.enterprise.requestsPerMinute,
    environment: "live",
    emailVerified: true,
    operator: false,
  };
}

export interface Person {
  email: string;
  password: string;
}

/** People who can sign in. One hash serves them all: checking it costs the same for each. */
export async function openPeople(db: Db, count: number): Promise<Person[]> {
  const password = `load ${randomUUID()}`;
  const passwordHash = await hashPassword(password);
  const people: Person[] = [];
  for (let index = 0; index < count; index++) {
    const { email } = await openUser(db, passwordHash);
    people.push({ email, password });
  }
  return people;
}

async function openUser(db: Db, passwordHash: string | null) {
  const email = `${randomUUID()}@example.com`;
  const { userId, orgId } = await createUser(
    db,
    { email, name: "Load", passwordHash, emailVerified: true },
    async (_, created) => created,
    systemClock,
  );
  return { email, userId, orgId };
}
