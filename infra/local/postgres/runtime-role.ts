import pg from "pg";

/** The database role of the serving processes; migrations create it and grant its rights. */
const ROLE = "agathaai_app";

/** Lets the runtime role sign in with this password. */
export async function openRuntimeRole(ownerUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`ALTER ROLE ${ROLE} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
}

/** The database's URL for the runtime role. */
export function asRuntimeRole(url: string, password: string): string {
  const address = new URL(url);
  address.username = ROLE;
  address.password = encodeURIComponent(password);
  return address.href;
}
