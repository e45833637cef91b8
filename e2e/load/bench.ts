import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { hasRedis } from "../../infra/testing/redis/start-redis";
import type { Bench } from "./benches/bench";
import { benchCompletions } from "./benches/completions";
import { benchLogin } from "./benches/login";
import { benchStatus } from "./benches/status";
import { benchSubmit } from "./benches/submit";
import { benchWorker } from "./benches/worker";
import { openCustomers } from "./customers";
import { type Installation, openInstallation } from "./installation";
import type { Row } from "./measure";
import { machineFacts, toMarkdown } from "./report";

// npm run bench -- [login] [worker] [status] [submit] [completions] [--seconds 20] [--redis] [--profile <dir>]

const benches: Record<string, (bench: Bench) => Promise<Row[]>> = {
  login: benchLogin,
  worker: benchWorker,
  status: benchStatus,
  submit: benchSubmit,
  completions: benchCompletions,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "20" },
    redis: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});
const names = positionals.length === 0 ? Object.keys(benches) : positionals;
const seconds = Number(values.seconds);
if (!(seconds >= 1 && seconds <= 120)) throw new Error("--seconds must be 1 to 120.");
if (values.redis && !hasRedis) throw new Error("--redis needs redis-server (apt-get install redis-server).");
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0)
  throw new Error(`There is no bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}.`);
const profileDir = values.profile === undefined ? undefined : resolve(values.profile);
if (profileDir !== undefined) mkdirSync(profileDir, { recursive: true });

let installation: Installation | undefined;
const close = async () => {
  const open = installation;
  installation = undefined;
  await open?.close();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(1)));

try {
  console.error("Starting …");
  installation = await openInstallation({ redis: values.redis, profileDir });
  const customers = await openCustomers(installation.db, 64);
  const [{ server_version: version }] = await installation.db.$queryRaw<
    [{ server_version: string }]
  >`SHOW server_version`;
  const facts = machineFacts(version);
  await installation.start("server");
  const rows: Row[] = [];
  for (const name of names) {
    console.error(`${name} …`);
    const variant = values.redis ? ", limits in Redis" : "";
    rows.push(...((await benches[name]?.({ installation, customers, seconds, variant })) ?? []));
  }
  console.log(`\n${facts}.\n\n${toMarkdown(rows)}\n`);
} finally {
  await close();
}
process.exit(0);
