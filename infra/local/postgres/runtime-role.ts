import pg from "pg";

/** The role that serves; the migrations make it and say what it may do. */
const ROLE = "agathaai_app";

/** Lets the role that serves sign in with this password. Its rights are the migrations' matter. */
export async function openRuntimeRole(ownerUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`ALTER ROLE ${ROLE} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
}

/** The same database's address, for the role that serves. */
export function asRuntimeRole(url: string, password: string): string {
  const address = new URL(url);
  address.username = ROLE;
  address.password = encodeURIComponent(password);
  return address.href;
}
