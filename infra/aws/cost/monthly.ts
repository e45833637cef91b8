import type { Config } from "../config/config";
import { alarmsOf } from "../parts/alarms/alarms";
import { placementsOf, regionsOf } from "../spec/cells";
import type { Profile } from "../spec/profiles";
import { HOURS, prices } from "./prices";

export interface CostRow {
  what: string;
  usd: number;
}

const ENDPOINTS = 7;
const WAF_RULES = 4;
const SECRETS = 3;
/** What nobody has measured yet: docs/CAPACITY.md says what each is worth when it is twice as much (cost/sensitivity.ts). */
export const assumedMonth = {
  /** Of logs at the base load, in GiB a month and cell. */
  logGib: { production: 200, small: 15, staging: 4 },
  /** A balancer's capacity units in the mean: one is 25 new connections a second, or a GiB an hour. */
  balancerUnits: { production: 1, small: 0.1, staging: 0.1 },
  /** What the watchers of a region look at in a month. */
  watched: {
    production: { items: 3_000, evaluations: 8_000, millionEvents: 1, logGib: 15 },
    small: { items: 1_000, evaluations: 2_000, millionEvents: 0.3, logGib: 4 },
    staging: { items: 0, evaluations: 0, millionEvents: 0, logGib: 0 },
  },
  /** Of the series that the collectors keep of a task (metrics/rules.ts): thirty routes that are called, with their buckets. */
  seriesOfATask: 600,
  /** Of the samples that rules read for each task and minute: the budget's windows reach over three days. */
  queriedAMinute: 700_000,
  /** Figures that Container Insights keeps of a cluster with two services and three families of tasks. */
  containerInsights: 68,
  /** Figures that a cell's functions embed into their logs in a month with bursts (ADR 124): each value of each label is one. */
  functionFigures: 40,
  /** Of the database's storage, what its backups beyond the first copy take. */
  backupShare: 0.5,
};
export type AssumedMonth = typeof assumedMonth;

/** Processors of a database's instance: GuardDuty watches its sign-ins by them. */
const DATABASE_CPUS: Record<string, number> = { "db.r6g.2xlarge": 8, "db.t4g.medium": 2, "db.t4g.micro": 2 };
const MINUTES = 60 * HOURS;

/** What a profile costs a month while little happens: the least of tasks, all of what is always there. */
export function monthlyCost(config: Config, assumed: AssumedMonth = assumedMonth): CostRow[] {
  const { profile } = config;
  const placements = placementsOf(profile.cells);
  const homes = placements.filter(({ role }) => role === "home").length;
  const standbys = placements.length - homes;
  const regions = regionsOf(profile.cells).length;
  const { database, cache, network } = profile;
  const instance = databaseMonth(profile);
  const tasks = placements.length * profile.api.min + homes * profile.worker.min;
  const writer = instance * (database.multiAz ? 2 : 1);
  return [
    { what: "database: writers", usd: homes * writer },
    { what: "database: readers", usd: homes * database.readReplicas * instance },
    { what: "database: standbys in the other region", usd: standbys * writer },
    {
      what: "Redis",
      usd:
        cache === undefined
          ? 0
          : homes *
            cache.shards *
            (1 + cache.replicasPerShard) *
            (prices.cacheNode[cache.node] ?? Number.NaN) *
            HOURS,
    },
    { what: "API tasks, at least", usd: placements.length * profile.api.min * taskMonth(profile.api) },
    { what: "workers, at least", usd: homes * profile.worker.min * taskMonth(profile.worker) },
    {
      what: "network: addresses, endpoints",
      usd:
        regions *
          HOURS *
          (network.natGateways * prices.natGatewayHour +
            (network.interfaceEndpoints ? ENDPOINTS * network.zones * prices.endpointHour : 0)) +
        HOURS *
          prices.publicAddressHour *
          (regions * network.natGateways + placements.length * network.zones),
    },
    {
      what: "balancers and firewalls",
      usd:
        placements.length *
        (HOURS * (prices.balancerHour + assumed.balancerUnits[profile.name] * prices.balancerUnitHour) +
          prices.waf.acl +
          WAF_RULES * prices.waf.rule),
    },
    {
      what: "keys, secrets, alarms, names",
      usd:
        placements.length * (prices.keyMonth + SECRETS * prices.secretMonth) +
        beyond(placements.length * alarmsOf(config).length, prices.free.alarms) * prices.alarmMonth +
        beyond(placements.length, prices.free.dashboards) * prices.dashboardMonth +
        regions * prices.keyMonth +
        homes * prices.healthCheckMonth +
        standbys * prices.regionSwitchPlanMonth,
    },
    {
      what: "logs",
      usd: beyond(homes * assumed.logGib[profile.name], prices.free.logGib) * prices.logGib,
    },
    { what: "metrics of the product", usd: metricsMonth(tasks, assumed) },
    {
      what: "metrics of tasks",
      usd: profile.containerInsights ? placements.length * assumed.containerInsights * prices.metricMonth : 0,
    },
    {
      what: "metrics of functions",
      usd: profile.burst === undefined ? 0 : homes * assumed.functionFigures * prices.metricMonth,
    },
    {
      what: "backups",
      usd: (homes + standbys) * database.storageGiB * assumed.backupShare * prices.backupGibMonth,
    },
    {
      what: "watchers",
      usd: profile.watchers ? watchersMonth(profile, assumed, regions, homes, standbys) : 0,
    },
  ];
}

export const total = (rows: CostRow[]) => rows.reduce((sum, { usd }) => sum + usd, 0);

const beyond = (used: number, free: number) => Math.max(0, used - free);

/** What the collectors beside so many tasks write, and what the rules read of it. */
function metricsMonth(tasks: number, { seriesOfATask, queriedAMinute }: AssumedMonth): number {
  const { free, metrics } = prices;
  return (
    (beyond(tasks * seriesOfATask * MINUTES, free.samples) / 1e7) * metrics.tenMillionSamples +
    (beyond(tasks * queriedAMinute * MINUTES, free.queried) / 1e9) * metrics.billionQueried
  );
}

function watchersMonth(
  { name, database }: Profile,
  { watched }: AssumedMonth,
  regions: number,
  homes: number,
  standbys: number,
): number {
  const { items, evaluations, millionEvents, logGib } = watched[name];
  const { watchers } = prices;
  const instances = homes * (1 + database.readReplicas) + standbys;
  return (
    regions *
      (items * watchers.configItem +
        evaluations * watchers.ruleEvaluation +
        millionEvents * watchers.millionEvents +
        logGib * watchers.logGib) +
    instances * (DATABASE_CPUS[database.instance] ?? Number.NaN) * watchers.databaseCpu
  );
}

export function taskMonth({ cpu, memoryMiB }: { cpu: number; memoryMiB: number }): number {
  const { vcpuHour, gibHour } = prices.fargate;
  return HOURS * ((cpu / 1_024) * vcpuHour + (memoryMiB / 1_024) * gibHour);
}

function databaseMonth({ database }: Profile): number {
  const { gibMonth, iopsMonth, includedIops } = prices.databaseStorage;
  return (
    HOURS * (prices.database[database.instance] ?? Number.NaN) +
    database.storageGiB * gibMonth +
    Math.max(0, (database.iops ?? 0) - includedIops) * iopsMonth
  );
}
