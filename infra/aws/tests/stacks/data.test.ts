import { expect, it } from "vitest";
import { spec } from "../../spec/spec";
import { only, resourcesOf, synthesized } from "../support/synthesized";

const production = synthesized("production");
const home = /us-east-1-use1-home-data$/;
const standby = /us-west-2-use1-standby-data$/;
const databases = resourcesOf(production, "AWS::RDS::DBInstance", home);
const writer = databases.find(({ id }) => id === "Writer")?.Properties ?? {};
const readers = databases.filter(({ id }) => id.startsWith("Reader")).map(({ Properties }) => Properties);

it("the database is db.r6g.2xlarge with 1 TB of gp3 at 16,000 IOPS, Multi-AZ and encrypted by the cell's key", () => {
  expect(writer).toMatchObject({
    DBInstanceClass: "db.r6g.2xlarge",
    AllocatedStorage: "1024",
    StorageType: "gp3",
    Iops: 16_000,
    MultiAZ: true,
    StorageEncrypted: true,
    PubliclyAccessible: false,
    DeletionProtection: true,
  });
  expect(writer["KmsKeyId"]).toMatch(/:key\/mrk-/);
  expect(Number(writer["EngineVersion"])).toBeGreaterThanOrEqual(spec.database.minMajorVersion);
});

it("three readers follow the writer, one in each of three zones", () => {
  expect(readers).toHaveLength(3);
  expect(new Set(readers.map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(3);
  for (const reader of readers) {
    expect(reader).toMatchObject({
      DBInstanceClass: "db.r6g.2xlarge",
      SourceDBInstanceIdentifier: writer["DBInstanceIdentifier"],
    });
    expect(reader).not.toHaveProperty("StorageEncrypted");
    expect(reader).not.toHaveProperty("KmsKeyId");
  }
});

it("the password is no managed one, because RDS then refuses replicas", () => {
  for (const { Properties } of resourcesOf(production, "AWS::RDS::DBInstance"))
    expect(Properties).not.toHaveProperty("ManageMasterUserPassword");
});

it("the standby follows from the other region under that region's key, with backups on before it is promoted", () => {
  expect(only(production, "AWS::RDS::DBInstance", standby)).toMatchObject({
    SourceDBInstanceIdentifier: expect.stringMatching(
      /^arn:aws:rds:us-east-1:.*:db:agathaai-production-use1-home-db$/,
    ),
    SourceRegion: "us-east-1",
    KmsKeyId: expect.stringMatching(/^arn:aws:kms:us-west-2:.*:key\/mrk-/),
    MultiAZ: true,
    BackupRetentionPeriod: 35,
  });
});

it("backups of the database are kept for 35 days and can be restored to any moment of them", () => {
  expect(writer["BackupRetentionPeriod"]).toBe(35);
});

it("the database accepts encrypted connections alone, and storage grows by itself", () => {
  for (const { Properties } of resourcesOf(production, "AWS::RDS::DBParameterGroup"))
    expect(Properties["Parameters"]).toMatchObject({
      "rds.force_ssl": "1",
      max_connections: "5000",
      timezone: "UTC",
    });
  expect(writer["MaxAllocatedStorage"]).toBe(4 * 1_024);
});

it("Redis is three shards of one and two cache.r6g.xlarge: nine nodes, encrypted on disk and on the wire", () => {
  const cache = only(production, "AWS::ElastiCache::ReplicationGroup", home);
  expect(cache).toMatchObject({
    CacheNodeType: "cache.r6g.xlarge",
    NumNodeGroups: 3,
    ReplicasPerNodeGroup: 2,
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
    TransitEncryptionEnabled: true,
    TransitEncryptionMode: "required",
    AtRestEncryptionEnabled: true,
  });
  expect(3 * (1 + 2)).toBe(spec.cache.totalNodes);
  expect(cache["KmsKeyId"]).toMatch(/:key\/mrk-/);
});

it("the standby has no Redis of its own: limits are counted in PostgreSQL there", () => {
  expect(resourcesOf(production, "AWS::ElastiCache::ReplicationGroup")).toHaveLength(3);
});

type Rules = {
  Rules: { Id: string; ExpirationInDays?: number; Transitions?: { TransitionInDays: number }[] }[];
};
const rule = (id: RegExp, name: string) => {
  const bucket = resourcesOf(production, "AWS::S3::Bucket", home).find((one) => id.test(one.id));
  const { Rules } = (bucket?.Properties["LifecycleConfiguration"] ?? { Rules: [] }) as Rules;
  return Rules.find(({ Id }) => Id === name);
};

it("archived requests are cold from the day they leave the 90 hot ones, and only the product deletes them", () => {
  expect(rule(/^Objects/, "archive")).toMatchObject({
    Prefix: "request-archives/",
    Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 0 }],
  });
  expect(rule(/^Objects/, "archive")).not.toHaveProperty("ExpirationInDays");
});

it("evidence cannot be changed or deleted for seven years, by nobody where customers' data is", () => {
  const bucket = resourcesOf(production, "AWS::S3::Bucket", home).find(({ id }) => id.startsWith("Evidence"));
  expect(bucket?.Properties["ObjectLockConfiguration"]).toEqual({
    ObjectLockEnabled: "Enabled",
    Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 2_557 } },
  });
  expect(rule(/^Evidence/, "seven-years-heads")?.ExpirationInDays).toBe(2_557);
  expect(rule(/^Evidence/, "seven-years-tombstones")?.ExpirationInDays).toBe(2_557);
  for (const profile of ["small", "staging"] as const)
    expect(
      synthesized(profile)
        .stacks.map(({ text }) => text)
        .join(),
    ).not.toContain("COMPLIANCE");
});

it("archives of the audit log are cold from their first day, and only the product deletes them: holds keep them longer", () => {
  expect(rule(/^Evidence/, "audit-archive")).toMatchObject({
    Prefix: "audit/archives/",
    Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 0 }],
  });
  expect(rule(/^Evidence/, "audit-archive")).not.toHaveProperty("ExpirationInDays");
});

it("exports that were forgotten are deleted after 14 days, and pieces of uploads after one", () => {
  expect(rule(/^Objects/, "exports")?.ExpirationInDays).toBe(14);
  expect(rule(/^Objects/, "unfinished-uploads")).toMatchObject({
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  });
});

it("objects are copied to the standby within a quarter of an hour, of the hour that files may lose", () => {
  for (const { id, Properties } of resourcesOf(production, "AWS::S3::Bucket", home)) {
    const { Rules } = Properties["ReplicationConfiguration"] as {
      Rules: { Destination: Record<string, unknown> }[];
    };
    expect(Rules[0]?.Destination, id).toMatchObject({
      Bucket: expect.stringMatching(/-use1-standby-(objects|evidence)-/),
      ReplicationTime: { Status: "Enabled", Time: { Minutes: 15 } },
    });
  }
  expect(15).toBeLessThanOrEqual(spec.recovery.filesPointMinutes);
});

it("no bucket is public, and none accepts a request without TLS", () => {
  for (const { Properties, id } of resourcesOf(production, "AWS::S3::Bucket")) {
    expect(Properties["PublicAccessBlockConfiguration"], id).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(Properties["BucketEncryption"], id).toBeDefined();
  }
  const policies = resourcesOf(production, "AWS::S3::BucketPolicy");
  expect(policies.length).toBe(resourcesOf(production, "AWS::S3::Bucket").length);
  for (const { Properties } of policies)
    expect(JSON.stringify(Properties)).toContain('"aws:SecureTransport":"false"');
});

it("a queue hides a message for six times the function's five minutes, and hands on what failed five times", () => {
  const queues = resourcesOf(production, "AWS::SQS::Queue", /use1-home-messaging$/);
  expect(queues.map(({ id }) => id.replace(/[0-9A-F]{8}$/, "")).sort()).toEqual([
    "Dead",
    "Enterprise",
    "Standard",
  ]);
  for (const { id, Properties } of queues) {
    expect(Properties["VisibilityTimeout"]).toBeGreaterThanOrEqual(6 * spec.lambda.timeoutSeconds);
    expect(Properties["KmsMasterKeyId"]).toMatch(/mrk-/);
    if (!id.startsWith("Dead")) expect(Properties["RedrivePolicy"]).toMatchObject({ maxReceiveCount: 5 });
  }
});
