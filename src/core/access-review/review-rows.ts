import { knownScopes } from "../keys";
import type { MemberRights } from "../orgs";
import { scopes, toPublicId } from "../platform";
import type { Prisma } from "../platform/db/client";
import type { AccessReview } from "./schemas";

type Row<Kind> = Extract<AccessReview["data"][number], { kind: Kind }>;

export interface MemberFacts {
  userId: string;
  secondFactor: boolean;
  suspended: boolean;
  lastSeenAt: Date | null;
}

/** The organization's connections with apps, as they stand. */
export interface GrantRow {
  appId: string;
  name: string;
  userId: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
}

type MemberRow = Prisma.MembershipGetPayload<object>;
type KeyRow = Prisma.ApiKeyGetPayload<{
  omit: { secretHash: true };
  include: { serviceAccount: { select: { disabledAt: true } } };
}>;
interface Person {
  name: string;
  email: string;
}
type People = ReadonlyMap<string, Person>;

export function memberRow(
  { userId, createdAt }: MemberRow,
  { name, email }: Person,
  { secondFactor, suspended, lastSeenAt }: MemberFacts,
  rights: MemberRights,
): Row<"member"> {
  return {
    kind: "member",
    id: toPublicId("usr", userId),
    name,
    email,
    role: rights.role,
    custom_role: rights.customRoleId === null ? null : rights.name,
    permissions: scopes.filter((scope) => rights.scopes.has(scope)),
    second_factor: secondFactor,
    suspended,
    since: createdAt.toISOString(),
    last_used_at: lastSeenAt?.toISOString() ?? null,
  };
}

export function keyRow(key: KeyRow, people: People): Row<"api_key"> | Row<"service_account"> {
  const facts = {
    name: key.name,
    environment: key.environment,
    permissions: knownScopes(key.scopes),
    created_by: emailOf(people, key.createdBy),
    suspended: key.suspendedAt !== null,
    since: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
  };
  if (key.serviceAccount !== null) {
    const disabled = key.serviceAccount.disabledAt !== null;
    return { kind: "service_account", id: toPublicId("sva", key.id), ...facts, disabled };
  }
  const expires_at = key.expiresAt?.toISOString() ?? null;
  return { kind: "api_key", id: toPublicId("key", key.id), ...facts, expires_at };
}

/** With what was granted, as far as its person may do it now. */
export function appRow(grant: GrantRow, people: People, rights: MemberRights | undefined): Row<"app"> {
  return {
    kind: "app",
    id: toPublicId("app", grant.appId),
    name: grant.name,
    permissions: scopes.filter((scope) => grant.scopes.includes(scope) && rights?.scopes.has(scope)),
    created_by: emailOf(people, grant.userId),
    expires_at: grant.expiresAt.toISOString(),
    since: grant.createdAt.toISOString(),
    last_used_at: grant.lastUsedAt?.toISOString() ?? null,
  };
}

function emailOf(people: People, userId: string | null): string | null {
  return userId === null ? null : (people.get(userId)?.email ?? null);
}
