import type { Config } from "../config/config";
import { alarmsOf } from "../parts/alarms";
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
/** Of logs at the base load, in GiB a month and cell. */
const LOG_GIB = { production: 200, small: 15, staging: 4 } as const;

/** What a profile costs a month while little happens: the least of tasks, all of what is always there. */
export function monthlyCost(config: Config): CostRow[] {
  const { profile } = config;
  const placements = placementsOf(profile.cells);
  const homes = placements.filter(({ role }) => role === "home").length;
  const standbys = placements.length - homes;
  const regions = regionsOf(profile.cells).length;
  const { database, cache, network } = profile;
  const instance = databaseMonth(profile);
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
          (network.interfaceEndpoints ? ENDPOINTS * network.zones * prices.endpointHour : 0)),
    },
    {
      what: "balancers and firewalls",
      usd:
        placements.length *
        (HOURS * prices.balancerHour + prices.balancerUnits + prices.waf.acl + WAF_RULES * prices.waf.rule),
    },
    {
      what: "keys, secrets, alarms, names",
      usd:
        placements.length *
          (prices.keyMonth +
            SECRETS * prices.secretMonth +
            alarmsOf(config).length * prices.alarmMonth +
            prices.dashboardMonth) +
        regions * prices.keyMonth +
        homes * prices.healthCheckMonth +
        standbys * prices.regionSwitchPlanMonth,
    },
    { what: "logs", usd: homes * LOG_GIB[profile.name] * prices.logGib },
    {
      what: "backups",
      usd: (homes + standbys) * database.storageGiB * 0.5 * prices.backupGibMonth,
    },
    { what: "watchers", usd: profile.watchers ? regions * prices.watchersMonth : 0 },
  ];
}

export const total = (rows: CostRow[]) => rows.reduce((sum, { usd }) => sum + usd, 0);

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
