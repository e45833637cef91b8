import type { Installation, Node } from "./installation";
import { runbookLooks } from "./runbook-looks";

export interface Fault {
  what: string;
  /** Alerts that have to come of it; none where nobody has to do anything. */
  alerts: readonly string[];
  begin(): Promise<unknown>;
  /** The runbook's first step. */
  look(): Promise<string>;
  /** What the runbook says, done. */
  end(): Promise<unknown>;
  /** Its section. */
  runbook: string;
  /** False where this machine does not let it be tried. */
  needs?: boolean;
}

/** One thing is away at a time. */
export function faultsOf(installation: Installation): Fault[] {
  const { stack, processes, database, redis, dns, nodes, workers, shiftedBy } = installation;
  const looks = runbookLooks(installation);

  const expired = (node: Node, alerts: readonly string[], runbook: string, look: Fault["look"]): Fault => ({
    what: `certificate expired: ${node}`,
    alerts,
    look,
    begin: async () => nodes[node].wire.present(nodes[node].expired),
    end: async () => nodes[node].wire.present(nodes[node].good),
    runbook,
  });
  const nameServer = (behavior: "fails" | "hangs"): Fault => ({
    what: `name server ${behavior}`,
    alerts: ["ProviderFailing"],
    // What is connected stays so; the provider, as all of them do, closes connections from time to time.
    begin: async () => {
      dns.behave(behavior);
      nodes.provider.wire.drop();
    },
    look: looks.kinds,
    end: async () => dns.behave("answers"),
    runbook: "provider-failing",
  });
  /** Server and one worker are two minutes apart. */
  const clocks = async (server: number, worker: number) => {
    await processes.server?.stop();
    await processes.restartServer(server === 0 ? undefined : shiftedBy(server));
    await processes.workers.at(-1)?.stop();
    await processes.addWorker({ ...workers[1], ...(worker === 0 ? {} : shiftedBy(worker)) });
  };

  return [
    {
      what: "Redis killed",
      alerts: ["LimiterWithoutRedis"],
      begin: redis.kill,
      look: looks.ready,
      end: redis.start,
      runbook: "limiter-without-redis",
    },
    {
      what: "one of two workers killed",
      alerts: ["ProcessDown"],
      begin: async () => processes.workers.at(-1)?.kill(),
      look: looks.down,
      end: () => processes.addWorker(workers[1]),
      runbook: "process-down",
    },
    {
      what: "queue away",
      alerts: ["SourceDown"],
      begin: stack.sqs.stop,
      look: looks.ready,
      end: stack.sqs.start,
      runbook: "source-down",
    },
    {
      what: "provider away",
      alerts: ["ProviderFailing"],
      begin: nodes.provider.wire.stop,
      look: looks.kinds,
      end: nodes.provider.wire.start,
      runbook: "provider-failing",
    },
    nameServer("fails"),
    nameServer("hangs"),
    expired("provider", ["ProviderFailing"], "provider-failing", looks.kinds),
    expired("redis", ["LimiterWithoutRedis"], "limiter-without-redis", looks.ready),
    // Its owner sees it in the portal and is written to; nobody of ours can renew it.
    expired("receiver", [], "", looks.nothing),
    expired("database", ["SourceDown", "ErrorRateCritical"], "source-down", looks.ready),
    {
      what: "clocks of server and worker at +60 s and −60 s",
      alerts: ["ClockSkew"],
      begin: () => clocks(60_000, -60_000),
      look: looks.skew,
      end: () => clocks(0, 0),
      runbook: "clock-skew",
    },
    {
      what: "the database's disk full",
      alerts: ["ErrorRateCritical"],
      begin: async () => database.disk?.fill(),
      look: looks.grown,
      end: async () => {
        database.disk?.grow(1_280);
        await database.startAgain();
      },
      runbook: "storage-of-the-database",
      needs: database.disk !== undefined,
    },
  ];
}
