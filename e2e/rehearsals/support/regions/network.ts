import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { type AddressInfo, createServer, connect as dial, type Server } from "node:net";
import { guard } from "../../../../infra/local/process/watchdog";

/** Regions as network namespaces on one bridge, whose own address is the rest of the internet: this process. */
export interface Network {
  /** Of a region; without one, of the internet. */
  address(region?: string): string;
  /** Runs a program within a region. It ends with this process. */
  spawn(region: string, program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Pulls the region's cable: nothing goes in or out, and nobody is told. */
  cut(region: string): void;
  mend(region: string): void;
  /** Makes a port of this machine's loopback address reachable for regions, under the internet's address. */
  offer(port: number): Promise<number>;
  remove(): Promise<void>;
}

/** Why this machine cannot have namespaces; undefined where it can. */
export function whyNoNetwork(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "network namespaces take root on Linux";
  const probe = `agt-probe-${process.pid}`;
  const { status, stderr } = spawnSync("ip", ["netns", "add", probe], { encoding: "utf8" });
  if (status !== 0) return `ip netns add: ${stderr ?? "not found"}`;
  spawnSync("ip", ["netns", "del", probe]);
  return undefined;
}

export function startNetwork(regions: readonly string[]): Network {
  const tag = String(process.pid % 10_000);
  const bridge = `agtbr${tag}`;
  const subnet = `10.77.${process.pid % 250}`;
  const namespace = (region: string) => `agt-${tag}-${region}`;
  const cable = (region: string) => `agtv${regions.indexOf(region)}x${tag}`;
  const address = (region?: string) => `${subnet}.${region === undefined ? 1 : 11 + regions.indexOf(region)}`;
  const servers: Server[] = [];

  ip("link", "add", bridge, "type", "bridge");
  ip("addr", "add", `${address()}/24`, "dev", bridge);
  ip("link", "set", bridge, "up");
  for (const region of regions) {
    const space = namespace(region);
    ip("netns", "add", space);
    ip("link", "add", cable(region), "type", "veth", "peer", "name", "eth0", "netns", space);
    ip("link", "set", cable(region), "master", bridge, "up");
    ip("-n", space, "addr", "add", `${address(region)}/24`, "dev", "eth0");
    ip("-n", space, "link", "set", "lo", "up");
    ip("-n", space, "link", "set", "eth0", "up");
  }

  return {
    address,
    spawn: (region, program, args, options = {}) => {
      const child = spawn("ip", ["netns", "exec", namespace(region), program, ...args], options);
      if (child.pid !== undefined) {
        const standDown = guard(child.pid, "KILL");
        child.once("exit", standDown);
      }
      return child;
    },
    cut: (region) => ip("link", "set", cable(region), "down"),
    mend: (region) => ip("link", "set", cable(region), "up"),
    offer: async (port) => {
      const server = createServer((client) => {
        const service = dial(port, "127.0.0.1");
        client.pipe(service).pipe(client);
        client.on("error", () => service.destroy());
        service.on("error", () => client.destroy());
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, address(), resolve));
      return (server.address() as AddressInfo).port;
    },
    remove: async () => {
      for (const server of servers) server.close();
      for (const region of regions) spawnSync("ip", ["netns", "del", namespace(region)]);
      spawnSync("ip", ["link", "del", bridge]);
    },
  };
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}
