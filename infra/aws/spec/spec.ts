/**
 * Every number of the architecture specification that the cloud has to keep, under its section. Stacks, alarms,
 * workflows, documents and tests read it here; none of them writes a number of its own.
 */
export const spec = {
  /** §2.3 Multi-region deployment */
  regions: {
    primary: "us-east-1",
    secondary: "us-west-2",
    gdpr: "eu-west-1",
    /** Automatic DNS failover. */
    failoverSeconds: 30,
  },
  /** §2.4 Component specifications */
  gateway: {
    vcpu: 2,
    memoryGiB: 4,
    minTasks: 2,
    maxTasks: 50,
    scaleAtCpuPercent: 70,
    scaleAtRequestsPerMinute: 1_000,
  },
  lambda: {
    minMemoryMiB: 1_024,
    maxMemoryMiB: 3_008,
    timeoutSeconds: 300,
    concurrency: 1_000,
    reservedForEnterprise: 100,
  },
  database: {
    instance: "db.r6g.2xlarge",
    storageGiB: 1_024,
    iops: 16_000,
    multiAz: true,
    readReplicas: 3,
    /** The least version of PostgreSQL (§1.3); what is deployed is the one our tests run on. */
    minMajorVersion: 14,
  },
  cache: { node: "cache.r6g.xlarge", shards: 3, replicasPerShard: 2, totalNodes: 9 },
  /** §3.5 Performance targets */
  availability: { uptimePercent: 99.99, plannedHoursPerMonth: 4, emergencyHoursPerMonth: 1 },
  /** §4.1 Security architecture */
  network: { cidr: "10.0.0.0/16", zones: 3, requestsPerSecondPerAddress: 10_000, tlsVersion: "1.3" },
  /** §4.3 Data retention; seven years include two leap days. */
  retention: { hotDays: 90, coldDays: 365, auditDays: 2_557, backupDays: 35 },
  /** §4.4 Incident response: each phase is over within that time of detection; the regulator knows. */
  incidents: {
    detectionMinutes: 15,
    containmentMinutes: 60,
    eradicationHours: 4,
    recoveryHours: 24,
    reviewDays: 7,
    noticeHours: 72,
  },
  /** §5.1 Alert thresholds: ratios, milliseconds, percent. */
  alerts: {
    critical: { errorRate: 0.01, latencyMs: 500, cpuPercent: 90 },
    warning: { errorRate: 0.005, latencyMs: 200, cpuPercent: 80 },
  },
  /** §5.2 Backup and recovery */
  recovery: {
    criticalMinutes: 15,
    fullHours: 4,
    databasePointMinutes: 5,
    filesPointMinutes: 60,
    drills: { full: "quarterly", failover: "monthly", backup: "weekly" },
  },
  /** §5.3 Deployment procedures. Hours are those of New York ("EST"), summer time included. */
  delivery: {
    canaryPercent: [10, 50, 100],
    rollbackMinutes: 5,
    timeZone: "America/New_York",
    windows: {
      standard: { days: ["Tue", "Thu"], fromHour: 10, toHour: 14 },
      maintenance: { days: ["Sat"], fromHour: 2, toHour: 6 },
    },
  },
  /** §5.4 Capacity planning */
  capacity: {
    years: [
      { year: 1, users: 1_000, requestsPerMonth: 1_000_000 },
      { year: 2, users: 10_000, requestsPerMonth: 10_000_000 },
      { year: 3, users: 50_000, requestsPerMonth: 100_000_000 },
    ],
    scaleAtCpuMinutes: 5,
    queueDepth: 1_000,
    connectionsPercent: 80,
    storagePercent: 80,
  },
} as const;
