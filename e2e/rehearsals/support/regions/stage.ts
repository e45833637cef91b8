import { createStripe } from "@agathaai/core/billing";
import { EpochStore } from "@agathaai/core/platform/cell/epoch-store";
import { createStorage } from "@agathaai/core/platform/storage";
import { inject } from "vitest";
import { promote } from "../../../../infra/commands/cell/promote";
import { startStripe } from "../../../../infra/stand-ins/stripe/start-stripe";
import type { TestStack } from "../../../../infra/testing/use-test-stack";
import { providerVariables } from "../../../../src/shared/providers";
import { openCustomer } from "./from-outside";
import { type Network, startNetwork } from "./network";
import { prepareDatabases, type RegionPostgres } from "./region-postgres";
import { bundleProcesses, type Processes, startPlacement, startServices } from "./regions";

export const TTL_MS = 15_000;

const HOME_PORT = 3_000;
const STANDBY_PORT = 3_001;

/**
 * Cells with their home and the region of their standby. All three regions are witnesses of each cell's epochs, which are numbers: nothing
 * else of the EU's may be in us-east-1.
 */
export const cells = {
  use1: { home: "us-east-1", standby: "eu-central-1" },
  euw1: { home: "eu-west-1", standby: "eu-central-1" },
  euc1: { home: "eu-central-1", standby: "eu-west-1" },
} as const;
export type Code = keyof typeof cells;
export const codes = Object.keys(cells) as Code[];
const regions = ["us-east-1", "eu-west-1", "eu-central-1"];
export const LOST = "euw1";

export interface Stage {
  network: Network;
  home: Record<Code, RegionPostgres>;
  standby: Record<Code, RegionPostgres>;
  processes: Record<Code, Processes>;
  /** Of the cell that is lost. */
  standbyProcesses: Processes;
  customers: Record<Code, Awaited<ReturnType<typeof openCustomer>>>;
  stripe: ReturnType<typeof createStripe>;
  startHome(code: Code): Promise<Processes>;
  /** Promotes a database of the cell that is lost. */
  promote(database: RegionPostgres): Promise<number>;
  stop(): Promise<void>;
}

/** Three regions with their cells, standbys, processes and one customer each; providers, mail and Stripe are outside of them. */
export async function startStage(stack: TestStack): Promise<Stage> {
  const { secrets } = inject("sharedServices");
  const home = {} as Stage["home"];
  const standby = {} as Stage["standby"];
  const processes = {} as Stage["processes"];
  const customers = {} as Stage["customers"];
  const started: Processes[] = [];
  const ending: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(started.flatMap(({ server, worker }) => [server.kill(), worker.kill()]));
    for (const end of ending.reverse()) await end();
  };
  try {
    await bundleProcesses();
    const network = startNetwork(regions);
    ending.push(async () => void (await network.remove()));
    const stripe = await startStripe({ port: 0 });
    ending.push(() => stripe.stop());
    const outside = await offerOutside(network, stack, stripe.port);
    const databases = await prepareDatabases(network, secrets.databaseAppPassword);
    ending.push(() => databases.remove());
    for (const region of regions) await startServices(network, region);
    for (const region of regions)
      await fetch(`http://${network.address(region)}:4566/epochs`, { method: "PUT" });
    for (const code of codes) {
      home[code] = databases.place(cells[code].home, 5_432);
      standby[code] = databases.place(cells[code].standby, code === "use1" ? 5_434 : 5_433, {
        region: cells[code].home,
        port: 5_432,
      });
      await home[code].start();
      await standby[code].start();
    }
    // A reader beside the home is cut off with it and goes on following: it must not pass for a sign that nobody else writes.
    const reader = databases.place(cells[LOST].home, 5_435, { region: cells[LOST].home, port: 5_432 });
    await reader.start();
    const place = async (code: Code, role: "home" | "standby") => {
      const placed = await startPlacement(network, {
        region: cells[code][role],
        port: role === "home" ? HOME_PORT : STANDBY_PORT,
        database: role === "home" ? home[code] : standby[code],
        appPassword: secrets.databaseAppPassword,
        name: `${code}-${role}`,
        env: { ...cellEnv(network, code), ...outside },
      });
      started.push(placed);
      return placed;
    };
    for (const code of codes) {
      processes[code] = await place(code, "home");
      customers[code] = await openCustomer(processes[code].url, home[code]);
    }
    return {
      network,
      home,
      standby,
      processes,
      standbyProcesses: await place(LOST, "standby"),
      customers,
      stripe: createStripe({ secretKey: "sk_test_local", apiBase: stripe.url }),
      startHome: (code) => place(code, "home"),
      promote: (database) => promoteLost(network, database),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Providers, mail and Stripe are on the internet: a region that is cut off has none of them. */
async function offerOutside(network: Network, stack: TestStack, stripePort: number) {
  const offered = async (url = "") => {
    const { protocol, port, pathname } = new URL(url);
    return `${protocol}//${network.address()}:${await network.offer(Number(port))}${pathname === "/" ? "" : pathname}`;
  };
  const { baseUrl } = providerVariables("openai");
  return {
    [baseUrl]: await offered(stack.env[baseUrl]),
    SMTP_URL: await offered(stack.env.SMTP_URL),
    STRIPE_SECRET_KEY: "sk_test_local",
    STRIPE_API_BASE: await offered(`http://127.0.0.1:${stripePort}`),
  };
}

const witnesses = (network: Network) =>
  regions.map((region) => ({
    bucket: "epochs",
    region,
    endpoint: `http://${network.address(region)}:4566`,
  }));

const cellEnv = (network: Network, code: Code) => ({
  CELL: code,
  CELLS: codes
    .map((one) => `${one}=http://${network.address(cells[one].home)}:${HOME_PORT}|${one}`)
    .join(","),
  CELL_EPOCH_WITNESSES: witnesses(network)
    .map(({ bucket, region, endpoint }) => `${bucket}@${region}=${endpoint}`)
    .join(","),
  CELL_EPOCH_TTL_MS: String(TTL_MS),
});

async function promoteLost(network: Network, database: RegionPostgres): Promise<number> {
  const buckets = witnesses(network).map((where) => createStorage(where));
  try {
    return await database.connected((sql) =>
      promote({
        sql,
        store: new EpochStore(buckets, LOST),
        ttlMs: TTL_MS,
        say: (line) => console.log(line),
      }),
    );
  } finally {
    for (const bucket of buckets) bucket.close();
  }
}
