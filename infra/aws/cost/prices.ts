/**
 * AWS's list prices in US dollars, us-east-1, on demand, read in November 2026; a month has 730 hours. Good for a
 * decision, ±15 %: look again where money hangs on one.
 */
export const HOURS = 730;

export const prices = {
  /** On ARM, as spec/processor.ts has it. */
  fargate: { vcpuHour: 0.03238, gibHour: 0.00356 },
  lambda: { gibSecond: 0.0000133334, millionRequests: 0.2 },
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
  /** A public IPv4 address: of a NAT gateway, and of a balancer in each zone. */
  publicAddressHour: 0.005,
  balancerHour: 0.0225,
  balancerUnitHour: 0.008,
  waf: { acl: 5, rule: 1, millionRequests: 0.6 },
  keyMonth: 1,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  dashboardMonth: 3,
  healthCheckMonth: 3,
  logGib: 0.5,
  backupGibMonth: 0.095,
  s3GibMonth: 0.023,
  transferOutGib: 0.09,
  /** Config, and GuardDuty by what it reads. A region's first trail and Access Analyzer cost nothing. */
  watchers: { configItem: 0.003, ruleEvaluation: 0.001, millionEvents: 4, logGib: 1, databaseCpu: 1 },
  /** Amazon Managed Service for Prometheus. */
  metrics: { tenMillionSamples: 0.9, billionQueried: 0.1 },
  regionSwitchPlanMonth: 70,
  /** What an account has for nothing each month, for good. */
  free: { alarms: 10, dashboards: 3, logGib: 5, samples: 40_000_000, queried: 200_000_000_000 },
} as const;
