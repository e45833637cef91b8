import { afterEach, expect, inject, it } from "vitest";
import { withConnection, withDatabase } from "../database";
import { letServingRoleUseTokens } from "./serving-role";

// Roles belong to the server, whatever the database.
const databaseUrl = withDatabase(inject("sharedServices").databaseUrl, "postgres");
const owner = <T>(sql: string) =>
  withConnection(databaseUrl, async (client) => (await client.query(sql)).rows as T[]);

afterEach(() => owner("DROP ROLE IF EXISTS rds_iam"));

it("on RDS the role that serves may sign in with tokens, once and again, and elsewhere nothing is changed", async () => {
  await expect(letServingRoleUseTokens(databaseUrl)).rejects.toThrow("no role rds_iam");
  await owner("CREATE ROLE rds_iam NOLOGIN");
  const signsIn = () =>
    owner(
      "SELECT rolcanlogin AS login, pg_has_role('agathaai_app', 'rds_iam', 'member') AS member FROM pg_roles WHERE rolname = 'agathaai_app'",
    );
  expect(await signsIn()).toEqual([expect.objectContaining({ member: false })]);
  for (let times = 0; times < 2; times += 1) await letServingRoleUseTokens(databaseUrl);
  expect(await signsIn()).toEqual([{ login: true, member: true }]);
});
