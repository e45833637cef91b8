import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { machineFacts } from "../report";
import { agatha } from "./agatha";
import { type Contender, NotHere } from "./contender";
import { type Figures, figuresOf, loads, type Plan } from "./figures";
import { startMockProvider } from "./mock-provider";
import { bareDispatch, type Ground, liteLlm, nothing, portkey } from "./peers";
import { pinning } from "./pinning";
import { processesTable } from "./processes";
import { toTables } from "./tables";
import { targetsTable } from "./targets";

// npm run bench:gateway -- [--seconds 6] [--rounds 2] [--delay 20] [--only agatha,portkey] [--loads rate,answers,streams,sweep] [--profile <dir>]
// npm run bench:gateway -- --processes 1,2,4,8 [--seconds 6] [--rounds 2]
//
// This gateway beside others, behind one load and before one provider, turn by turn. A round whose answers are not all in
// our ledger, with the provider's own count of tokens, is void.

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "6" },
    rounds: { type: "string", default: "2" },
    delay: { type: "string", default: "20" },
    only: { type: "string" },
    loads: { type: "string", default: loads.join() },
    profile: { type: "string" },
    processes: { type: "string" },
  },
});
const [seconds, rounds, delayMs] = [Number(values.seconds), Number(values.rounds), Number(values.delay)];
if (!(seconds >= 1 && seconds <= 60)) throw new Error("--seconds must be 1 to 60.");
if (!(rounds >= 1 && rounds <= 10)) throw new Error("--rounds must be 1 to 10.");
if (!(delayMs >= 0 && delayMs <= 1_000)) throw new Error("--delay must be 0 to 1,000 milliseconds.");
const wantedLoads = new Set(loads.filter((name) => values.loads.split(",").includes(name)));
if (wantedLoads.size === 0) throw new Error(`--loads knows ${loads.join(", ")}.`);
const processes = (values.processes?.split(",") ?? []).map(Number);
if (!processes.every((count) => count >= 1 && count <= 64))
  throw new Error("--processes must be 1 to 64, as in 1,2,4.");
const profileDir = values.profile === undefined ? undefined : resolve(values.profile);
if (profileDir !== undefined) mkdirSync(profileDir, { recursive: true });

const all = {
  nothing: async (ground: Ground) => nothing(ground),
  dispatch: bareDispatch,
  agatha: (ground: Ground) => agatha(ground, { profileDir }),
  portkey,
  litellm: liteLlm,
} satisfies Record<string, (ground: Ground) => Promise<Contender>>;
const names = Object.keys(all) as (keyof typeof all)[];
const wanted = values.only?.split(",");
const unknown = wanted?.filter((name) => !(name in all)) ?? [];
if (unknown.length > 0) throw new Error(`--only knows ${names.join(", ")}, not ${unknown.join(", ")}.`);

const undo: (() => Promise<void> | void)[] = [];
const close = async () => {
  for (const step of undo.splice(0).reverse()) await step();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(1)));

/** One installation after the other: two at once would take each other's cores. */
async function measureProcesses(): Promise<void> {
  const facts = machineFacts("18");
  const mock = await startMockProvider({ delayMs });
  undo.push(mock.stop);
  const found = await processesTable({ counts: processes, rounds, seconds, mock });
  console.log(`\n${facts}.\n\n${found}`);
}

async function measureContenders(): Promise<void> {
  const { prefix, said } = pinning();
  const facts = machineFacts("18");
  const mock = await startMockProvider({ delayMs });
  undo.push(mock.stop);
  const contenders: Contender[] = [];
  const notes: string[] = [said];
  // Nothing in between is always measured: what the others add is counted from it.
  for (const name of names.filter((one) => one === "nothing" || (wanted?.includes(one) ?? true))) {
    console.error(`Starting ${name} …`);
    try {
      const contender = await all[name]({ upstream: mock.port, prefix });
      undo.push(contender.stop);
      contenders.push(contender);
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      notes.push(`${name} was left out: ${error.message}.`);
    }
  }
  const plan: Plan = { seconds, mock, wanted: wantedLoads };
  const figures = new Map<string, Figures[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      console.error(`Round ${round} of ${rounds}: ${contender.name} …`);
      const found = await figuresOf(contender, plan);
      figures.set(contender.name, [...(figures.get(contender.name) ?? []), found]);
    }
  }
  console.log(`\n${facts}.\n\n${toTables(figures)}\n\n${targetsTable(figures)}\n`);
  for (const note of notes) console.log(`- ${note}`);
}

try {
  await (processes.length > 0 ? measureProcesses() : measureContenders());
} finally {
  await close();
}
process.exit(0);
