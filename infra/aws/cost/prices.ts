/**
 * AWS's list prices in US dollars, us-east-1, on demand, read in November 2026; a month has 730 hours. Good for a
 * decision, ±15 %: look again where money hangs on one.
 */
export const HOURS = 730;

export const prices = {
  fargate: { vcpuHour: 0.04048, gibHour: 0.004445 },
  lambda: { gibSecond: 0.0000166667, millionRequests: 0.2 },
  /** A single instance of PostgreSQL, an hour. Multi-AZ is two. */
  database: { "db.r6g.2xlarge": 0.9, "db.t4g.medium": 0.065, "db.t4g.micro": 0.016 } as Record<
    string,
    number
  >,
  databaseStorage: { gibMonth: 0.115, iopsMonth: 0.02, includedIops: 12_000 },
  cacheNode: { "cache.r6g.xlarge": 0.411 } as Record<string, number>,
  natGatewayHour: 0.045,
  natGib: 0.045,
  endpointHour: 0.01,
  balancerHour: 0.0225,
  /** Beside its hours: a small balancer's capacity units. */
  balancerUnits: 6,
  waf: { acl: 5, rule: 1, millionRequests: 0.6 },
  keyMonth: 1,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  healthCheckMonth: 3,
  logGib: 0.5,
  backupGibMonth: 0.095,
  s3GibMonth: 0.023,
  transferOutGib: 0.09,
  /** Config, GuardDuty and trails of a region that is little used. */
  watchersMonth: 40,
  regionSwitchPlanMonth: 70,
} as const;
