import process from "node:process";
import { fileURLToPath } from "node:url";

// The image's entry: its argument says what it is. The product runs in this very process, so signals reach it.
const [, , command = "server"] = process.argv;
const programs = { server: "./dist/server.js", worker: "./dist/worker.js", migrate: "./dist/migrate.js" };
const guard = "./dist/guard.js";

if (command === "health") await reportHealth();
else if (!Object.hasOwn(programs, command)) {
  console.error(`Unknown command ${JSON.stringify(command)}: server, worker or migrate.`);
  process.exit(64);
} else {
  process.setSourceMapsEnabled(true);
  const program = fileURLToPath(new URL(programs[command], import.meta.url));
  // As if it had been started itself: it forks further processes by this path.
  const rest = command === "migrate" ? migration() : [];
  process.argv.splice(1, process.argv.length - 1, program, ...rest);
  // The owner's address is for migrations alone.
  if (command !== "migrate") {
    delete process.env.MIGRATION_DATABASE_URL;
    await import(guard);
  }
  await import(program);
}

function migration() {
  const rest = process.argv.slice(3);
  return rest.length > 0 ? rest : ["deploy"];
}

/** Whether the process in this container answers: the server's own address, or the worker's metrics. */
async function reportHealth() {
  const { PORT = "3000", WORKER_METRICS_PORT } = process.env;
  const url = WORKER_METRICS_PORT
    ? `http://127.0.0.1:${WORKER_METRICS_PORT}/metrics`
    : `http://127.0.0.1:${PORT}/api/health`;
  try {
    // Metrics may ask for a token; an answer is enough.
    const { status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
    process.exit(status < 500 ? 0 : 1);
  } catch {
    process.exit(1);
  }
}
