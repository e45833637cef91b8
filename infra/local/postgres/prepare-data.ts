import { isLoopbackUrl } from "../process/loopback";
import { type Stack, startStack } from "../stack";
import { openRuntimeRole } from "./runtime-role";

type Login = { email: string; password: string };
export type Demo = Login & { operator: Login; apiKey: string };

export type PreparedData = {
  stack: Stack;
  /** Absent where there are no demo accounts: see `prepareData`. */
  demo: Demo | undefined;
};

/**
 * Starts the local services and migrates the database. Demo accounts, one of them an operator's, are created only in a
 * database that this run started itself, and only while the portal is at a loopback address: anywhere else their
 * passwords would open a real installation.
 */
export async function prepareData(options: {
  dataDir: string;
  /** With APP_URL. */
  env: Record<string, string>;
  say: (message: string) => void;
  /** Called as soon as there is something to stop, even if a later step fails. */
  onStarted: (stack: Stack) => void;
}): Promise<PreparedData> {
  const { dataDir, env, say } = options;
  say("Starting the local services …");
  const stack = await startStack({ dataDir, env });
  options.onStarted(stack);
  // This process calls product code as well (migrations, the demo account).
  Object.assign(process.env, stack.env);
  const { deployMigrations } = await import("../../../prisma/deploy-migrations");
  const databaseUrl = stack.env.DATABASE_URL ?? "";
  const { applied } = await deployMigrations(stack.ownerUrl);
  if (applied.length > 0)
    say(`Applied ${applied.length} database migration${applied.length === 1 ? "" : "s"}.`);
  const ownDatabase = stack.services.postgres !== undefined;
  if (ownDatabase) await openRuntimeRole(stack.ownerUrl, stack.secrets.databaseAppPassword);
  if (!ownDatabase || !isLoopbackUrl(stack.env.APP_URL ?? "")) return { stack, demo: undefined };
  const { seedDemo } = await import("../../../prisma/seed/demo");
  const { demoPassword, operatorPassword } = stack.secrets;
  const { operator, apiKey, ...demo } = await seedDemo({
    databaseUrl,
    password: demoPassword,
    operatorPassword,
  });
  return {
    stack,
    demo: { ...loginOf(demo, demoPassword), operator: loginOf(operator, operatorPassword), apiKey },
  };
}

function loginOf(
  { email, passwordUnchanged }: { email: string; passwordUnchanged: boolean },
  password: string,
): Login {
  return { email, password: passwordUnchanged ? password : "(with the password you have set)" };
}
