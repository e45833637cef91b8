import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const LOOPBACK = "127.0.0.1";
const CANDIDATES = 50;

/** Whether the port is free on the loopback address and on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, LOOPBACK)) && (port === 0 || (await canListen(port, undefined)));
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.unref();
    probe.once("error", () => resolve(false));
    probe.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) }, () =>
      probe.close(() => resolve(true)),
    );
  });
}

/** The first free port from `preferred` on; when the next fifty are taken, one chosen by the system. */
export async function nextFreePort(preferred: number): Promise<number> {
  for (let port = preferred; port < Math.min(preferred + CANDIDATES, 65_536); port++) {
    if (port !== 0 && (await isFree(port))) return port;
  }
  return systemPort();
}

/** A free port chosen by the system. Another process may take it before it is used. */
export function systemPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ port: 0, host: LOOPBACK, exclusive: true }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

export type PortPicker = (name: string, preferred: number) => Promise<number>;

/**
 * Chooses ports and stores them in `<dataDir>/ports.json`, so that bookmarks and pasted commands still work after a
 * restart. Tried in this order: the stored port, the preferred one, the next free one.
 */
export function rememberPorts(dataDir: string): PortPicker {
  const file = join(dataDir, "ports.json");
  const known = readPorts(file);
  const taken = new Set<number>();

  return async (name, preferred) => {
    const remembered = known[name];
    const usable = remembered !== undefined && !taken.has(remembered) && (await isFree(remembered));
    let port = usable ? remembered : await nextFreePort(preferred);
    while (taken.has(port)) port = await nextFreePort(port + 1);
    taken.add(port);
    if (port !== remembered) {
      known[name] = port;
      writeFileSync(file, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
    }
    return port;
  };
}

function readPorts(file: string): Record<string, number> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // First start, or a damaged file: ports are a convenience and are simply picked again.
  }
  if (typeof parsed !== "object" || parsed === null) return {};
  return Object.fromEntries(
    Object.entries(parsed).filter((entry): entry is [string, number] => Number.isInteger(entry[1])),
  );
}
