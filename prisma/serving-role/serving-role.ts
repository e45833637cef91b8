import { withConnection } from "../database";

/** Made by the migrations; what the product's processes sign in as. */
const SERVING = "agathaai_app";
/** Whoever is in it signs in to RDS with a token of IAM, and with no password any more. */
const BY_TOKEN = "rds_iam";

/**
 * Lets the role that serves sign in with tokens (ADR 93), so that nobody has to connect as the owner for it. Repeating it changes
 * nothing.
 * @throws Error where PostgreSQL is none of RDS.
 */
export async function letServingRoleUseTokens(databaseUrl: string): Promise<void> {
  await withConnection(databaseUrl, async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [BY_TOKEN]);
    if (rowCount === 0)
      throw new Error(
        `MIGRATION_GRANTS_IAM is for RDS with IAM sign-in: this PostgreSQL has no role ${BY_TOKEN}.`,
      );
    await client.query(`ALTER ROLE ${SERVING} LOGIN`);
    await client.query(`GRANT ${BY_TOKEN} TO ${SERVING}`);
  });
}
