import { fromPublicId, type OrgRole } from "@agathaai/core/platform";
import type { TestStack } from "../../infra/testing/use-test-stack";
import type { Api } from "./client";
import { query } from "./database";
import { type Person, signUp, verify } from "./people";

/** A person of their own who becomes a member of the other's organization and works in it. */
export async function join(api: Api, stack: TestStack, owner: Person, role: OrgRole): Promise<Person> {
  const person = await signUp(api);
  await verify(api, stack, person);
  const userId = await userIdOf(person);
  const orgId = fromPublicId("org", owner.orgId);
  await query(
    "INSERT INTO memberships (org_id, user_id, role, created_at) VALUES ($1, $2, $3::org_role, now())",
    [orgId, userId, role],
  );
  await query("UPDATE sessions SET org_id = $1 WHERE user_id = $2", [orgId, userId]);
  const { json: refreshed } = await api.post("/api/v1/auth/refresh", {
    body: { refresh_token: person.refreshToken },
  });
  if (refreshed.organization?.id !== owner.orgId) throw new Error("the member works elsewhere");
  return { ...person, accessToken: refreshed.access_token, refreshToken: refreshed.refresh_token };
}

export async function userIdOf(person: Person): Promise<string> {
  const [row] = await query<{ user_id: string }>(
    "SELECT s.user_id FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id WHERE r.token_hash = sha256($1::text::bytea)",
    [person.refreshToken],
  );
  if (row === undefined) throw new Error("the person has no session");
  return row.user_id;
}
