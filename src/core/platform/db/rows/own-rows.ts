import type { Own } from "../../environment";
import { Prisma } from "../client";

/** Narrows a statement to somebody's own requests, where `alias` has the columns `user_id` and `api_key_id`. */
export function andOwn(own: Own | undefined, alias = ""): Prisma.Sql {
  if (own === undefined) return Prisma.empty;
  const column = (name: string) => Prisma.raw(alias === "" ? name : `${alias}.${name}`);
  if ("userId" in own) return Prisma.sql`AND ${column("user_id")} = ${own.userId}::uuid`;
  return Prisma.sql`AND ${column("api_key_id")} = ANY(${[...own.keyIds]}::uuid[])`;
}

/** The same for Prisma's `where`. */
export function whereOwn(own: Own | undefined): { userId?: string; apiKeyId?: { in: string[] } } {
  if (own === undefined) return {};
  return "userId" in own ? { userId: own.userId } : { apiKeyId: { in: [...own.keyIds] } };
}

/** Whether a row that was read is theirs. */
export function isOwn(
  own: Own | undefined,
  row: { userId: string | null; apiKeyId: string | null },
): boolean {
  if (own === undefined) return true;
  if ("userId" in own) return row.userId === own.userId;
  return row.apiKeyId !== null && own.keyIds.includes(row.apiKeyId);
}
