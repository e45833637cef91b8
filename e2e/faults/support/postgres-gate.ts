import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { afterAll } from "vitest";

/** Where a statement is held: before the server gets it, or behind its commit, before anybody hears of it. */
type Moment = "before" | "after";

export interface Held {
  /** Resolves once the statement is held: then the process that sent it stands exactly there. */
  reached: Promise<void>;
  /** Lets it go on; nothing else is held any more. */
  release(): void;
  /** Cuts its connection: what is held reaches nobody, as when its process is dead. */
  drop(): void;
}

type Waiting = Record<"letGo" | "cut", () => void>;

export interface PostgresGate {
  port: number;
  /** How often a named statement has passed or been held. */
  seen(statement: string): number;
  /** Holds the next execution of a named statement, and with it its connection. */
  hold(statement: string, moment: Moment): Held;
}

/** A wire to PostgreSQL that knows named statements, and can stop a process at one without touching the process. */
export async function startPostgresGate(targetPort: number): Promise<PostgresGate> {
  const sockets = new Set<Socket>();
  const counts = new Map<string, number>();
  let rule: { bind: Buffer; moment: Moment; reached(): void; waiting: Waiting[] } | undefined;

  const server = createServer((client) => {
    const service = dial(targetPort, "127.0.0.1");
    /** What is held of this connection, in each direction. */
    const queues = {
      toService: undefined as Buffer[] | undefined,
      toClient: undefined as Buffer[] | undefined,
    };
    const holdHere = (direction: "toService" | "toClient", to: Socket) => {
      queues[direction] = [];
      rule?.waiting.push({
        letGo: () => {
          for (const bytes of queues[direction] ?? []) to.write(bytes);
          queues[direction] = undefined;
        },
        cut: () => {
          client.destroy();
          service.destroy();
        },
      });
    };
    client.on("data", (bytes) => {
      for (const name of namesIn(bytes)) counts.set(name, (counts.get(name) ?? 0) + 1);
      const matches = rule !== undefined && rule.waiting.length === 0 && bytes.includes(rule.bind);
      if (matches && rule !== undefined) {
        holdHere(
          rule.moment === "before" ? "toService" : "toClient",
          rule.moment === "before" ? service : client,
        );
        if (rule.moment === "before") rule.reached();
      }
      if (queues.toService === undefined) service.write(bytes);
      else queues.toService.push(bytes);
    });
    service.on("data", (bytes) => {
      if (queues.toClient === undefined) {
        client.write(bytes);
        return;
      }
      queues.toClient.push(bytes);
      // Its answer ends with ReadyForQuery, idle: committed.
      if (bytes.subarray(-6).equals(READY)) rule?.reached();
    });
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => undefined);
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    seen: (statement) => counts.get(statement) ?? 0,
    hold(statement, moment) {
      let tell = () => {};
      const reached = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const made = { bind: bindOf(statement), moment, reached: tell, waiting: [] as Waiting[] };
      rule = made;
      const end = (how: keyof Waiting) => {
        if (rule === made) rule = undefined;
        for (const one of made.waiting) one[how]();
      };
      return { reached, release: () => end("letGo"), drop: () => end("cut") };
    },
  };
}

/** ReadyForQuery outside of a transaction. */
const READY = Buffer.from("Z\0\0\0\x05I", "latin1");

/** The part of a Bind message that names the statement: the nameless portal before it, the end of the name behind. */
function bindOf(statement: string): Buffer {
  return Buffer.from(`\0${statement}\0`, "latin1");
}

function namesIn(bytes: Buffer): string[] {
  return [...bytes.toString("latin1").matchAll(/B[\s\S]{4}\0([a-z_]+)\0/g)].flatMap(([, name]) => name ?? []);
}
