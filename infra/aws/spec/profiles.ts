import { type Cell, cells } from "./cells";
import { spec } from "./spec";

export type ProfileName = "production" | "small" | "staging";

interface Tasks {
  cpu: number;
  memoryMiB: number;
  min: number;
  max: number;
  /** Connections that one process of a task may open: `DATABASE_POOL_MAX`, and what it opens beside its pool. */
  connections: { pool: number; beside: number };
}

/** Processes of an API task, one a core: an event loop has no use for a second one. */
export const processesOf = ({ cpu }: Pick<Tasks, "cpu">): number => Math.max(1, Math.floor(cpu / 1_024));

export interface Profile {
  name: ProfileName;
  cells: readonly Cell[];
  network: { zones: number; natGateways: number; interfaceEndpoints: boolean };
  api: Tasks;
  /** Runs the scheduled jobs, which Lambda does not, and is the cheap base under the bursts. */
  worker: Tasks;
  burst?: {
    memoryMiB: number;
    timeoutSeconds: number;
    standardConcurrency: number;
    enterpriseConcurrency: number;
    batchSize: number;
    connections: { pool: number; beside: number };
  };
  database: {
    instance: string;
    memoryGiB: number;
    storageGiB: number;
    /** Where storage scales itself to: what `storagePercent` asks for. */
    maxStorageGiB: number;
    /** Not set: what gp3 gives without asking. */
    iops?: number;
    throughputMiB?: number;
    multiAz: boolean;
    readReplicas: number;
    maxConnections: number;
  };
  cache?: { node: string; shards: number; replicasPerShard: number };
  /** Compliance modes that nobody can undo, not even AWS: only where customers' data is. */
  irrevocable: boolean;
  /** AWS Config, GuardDuty, CloudTrail of its own and the rest of the watchers. */
  watchers: boolean;
  /** Data of customers: nothing may be deleted by deleting a stack. */
  keepsData: boolean;
  /** Figures of each task by CloudWatch, some twenty dollars a cluster; a service's CPU and memory cost nothing. */
  containerInsights: boolean;
  logDays: number;
  flowLogs: boolean;
  backupDays: number;
}

/**
 * What a server's process opens beside its pool: up to six for named statements, as many as its pool at most, three for
 * admission, and one that asks whether the region still writes (docs/RUNBOOKS.md, "Database pool").
 */
const serverConnections = (pool: number) => ({ pool, beside: Math.min(6, pool) + 4 });

export const profiles: Record<ProfileName, Profile> = {
  production: {
    name: "production",
    cells: [cells.use1, cells.usw2, cells.euw1],
    network: { zones: spec.network.zones, natGateways: spec.network.zones, interfaceEndpoints: true },
    api: {
      cpu: spec.gateway.vcpu * 1_024,
      memoryMiB: spec.gateway.memoryGiB * 1_024,
      min: spec.gateway.minTasks,
      max: spec.gateway.maxTasks,
      // A deployment runs two sets of tasks beside each other: the budget counts them twice, and each of their processes.
      connections: serverConnections(4),
    },
    worker: { cpu: 1_024, memoryMiB: 2_048, min: 2, max: 20, connections: { pool: 10, beside: 2 } },
    burst: {
      memoryMiB: 2_048,
      timeoutSeconds: spec.lambda.timeoutSeconds,
      standardConcurrency: spec.lambda.concurrency - spec.lambda.reservedForEnterprise,
      enterpriseConcurrency: spec.lambda.reservedForEnterprise,
      batchSize: 10,
      connections: { pool: 1, beside: 0 },
    },
    database: {
      instance: spec.database.instance,
      memoryGiB: 64,
      storageGiB: spec.database.storageGiB,
      maxStorageGiB: 4 * spec.database.storageGiB,
      iops: spec.database.iops,
      throughputMiB: 500,
      multiAz: spec.database.multiAz,
      readReplicas: spec.database.readReplicas,
      // PostgreSQL's own default at this size is min(memory / 9,531,392, 5,000).
      maxConnections: 5_000,
    },
    cache: {
      node: spec.cache.node,
      shards: spec.cache.shards,
      replicasPerShard: spec.cache.replicasPerShard,
    },
    irrevocable: true,
    watchers: true,
    keepsData: true,
    containerInsights: true,
    logDays: 90,
    flowLogs: true,
    backupDays: spec.retention.backupDays,
  },
  small: {
    name: "small",
    cells: [{ code: "use1", label: "US East", home: spec.regions.primary }],
    network: { zones: 2, natGateways: 1, interfaceEndpoints: false },
    api: { cpu: 512, memoryMiB: 1_024, min: 2, max: 6, connections: serverConnections(5) },
    // It waits for models most of its time.
    worker: { cpu: 256, memoryMiB: 1_024, min: 1, max: 3, connections: { pool: 5, beside: 2 } },
    database: {
      instance: "db.t4g.medium",
      memoryGiB: 4,
      // It grows by itself.
      storageGiB: 20,
      maxStorageGiB: 500,
      multiAz: true,
      readReplicas: 0,
      maxConnections: 400,
    },
    irrevocable: false,
    watchers: true,
    keepsData: true,
    containerInsights: false,
    logDays: 30,
    flowLogs: true,
    backupDays: spec.retention.backupDays,
  },
  staging: {
    name: "staging",
    cells: [{ code: "use1", label: "US East", home: spec.regions.primary }],
    network: { zones: 2, natGateways: 1, interfaceEndpoints: false },
    api: { cpu: 256, memoryMiB: 1_024, min: 1, max: 2, connections: serverConnections(5) },
    worker: { cpu: 256, memoryMiB: 1_024, min: 1, max: 1, connections: { pool: 5, beside: 2 } },
    database: {
      instance: "db.t4g.micro",
      memoryGiB: 1,
      storageGiB: 20,
      maxStorageGiB: 100,
      multiAz: false,
      readReplicas: 0,
      maxConnections: 100,
    },
    irrevocable: false,
    watchers: false,
    keepsData: false,
    containerInsights: false,
    logDays: 7,
    flowLogs: true,
    backupDays: 7,
  },
};

/** Connections that every process of a profile may open together, deployments included. */
export function connectionsOf({ api, worker, burst }: Profile): number {
  const of = (tasks: { connections: { pool: number; beside: number } }) =>
    tasks.connections.pool + tasks.connections.beside;
  const bursts = burst === undefined ? 0 : burst.standardConcurrency + burst.enterpriseConcurrency;
  // The one task that migrates, and a person who looks.
  const others = 5;
  return (
    2 * api.max * processesOf(api) * of(api) +
    2 * worker.max * of(worker) +
    bursts * (burst ? of(burst) : 0) +
    others
  );
}
