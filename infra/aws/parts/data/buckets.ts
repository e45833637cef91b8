import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { regions } from "../../spec/cells";
import { spec } from "../../spec/spec";
import type { DataContext } from "./data-context";

const { hotDays, auditDays } = spec.retention;
/** A file that the product forgot to delete after its seven days. */
const EXPORT_DAYS = 14;
/** Time to find out that something was deleted by mistake. */
const NONCURRENT_DAYS = 30;
const DESTINATION_KINDS = ["objects", "evidence"] as const;

/** Two buckets a cell: what customers have, and what proves that nobody changed it. */
export function addBuckets(scope: Construct, context: DataContext): void {
  const { profile, names, placement, dataKeyArn } = context;
  const encryptionKey = kms.Key.fromKeyArn(scope, "BucketKey", dataKeyArn);
  const logs = s3.Bucket.fromBucketName(scope, "AccessLogs", names.accessLogs(placement.region));
  const common = (kind: string): s3.BucketProps => ({
    encryption: s3.BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: `${placement.cell.code}-${placement.role}-${kind}/`,
    removalPolicy: profile.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });

  const objects = new s3.Bucket(scope, "Objects", {
    ...common("objects"),
    bucketName: names.objects(placement),
    lifecycleRules: [
      {
        id: "unfinished-uploads",
        abortIncompleteMultipartUploadAfter: Duration.days(1),
        noncurrentVersionExpiration: Duration.days(NONCURRENT_DAYS),
        expiredObjectDeleteMarker: true,
      },
      { id: "exports", prefix: "exports/", expiration: Duration.days(EXPORT_DAYS) },
      {
        // Written after the hot days, and read by id alone: cold from its first day. The product deletes it, since a legal hold
        // keeps it longer (ADR 78, 79).
        id: "archive",
        prefix: "request-archives/",
        transitions: [
          { storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(0) },
        ],
      },
    ],
  });

  const evidence = new s3.Bucket(scope, "Evidence", {
    ...common("evidence"),
    bucketName: names.evidence(placement),
    objectLockEnabled: true,
    objectLockDefaultRetention: profile.irrevocable
      ? s3.ObjectLockRetention.compliance(Duration.days(auditDays))
      : s3.ObjectLockRetention.governance(Duration.days(profile.keepsData ? auditDays : 1)),
    lifecycleRules: [
      ...(["audit/heads/", "tombstones/"] as const).map((prefix) => ({
        id: `seven-years-${prefix.split("/").at(-2)}`,
        prefix,
        transitions: [
          {
            storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
            transitionAfter: Duration.days(hotDays),
          },
        ],
        expiration: Duration.days(auditDays),
        noncurrentVersionExpiration: Duration.days(auditDays),
      })),
      {
        // Entries older than 400 days. The product locks each until it is seven years old and then deletes it, since a legal hold keeps it
        // longer (ADR 79, 100).
        id: "audit-archive",
        prefix: "audit/archives/",
        transitions: [
          { storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(0) },
        ],
        noncurrentVersionExpiration: Duration.days(NONCURRENT_DAYS),
        expiredObjectDeleteMarker: true,
      },
    ],
  });

  if (placement.role === "home" && placement.cell.standby !== undefined)
    replicate(scope, context, { objects, evidence });
}

/**
 * Copies to the standby, which is in the same jurisdiction. Their rows say when it has to be there: files may lose an
 * hour, and AWS promises a quarter of one.
 */
function replicate(
  scope: Construct,
  context: DataContext,
  buckets: Record<(typeof DESTINATION_KINDS)[number], s3.Bucket>,
): void {
  const { names, placement, account, dataKeyArn } = context;
  const { standby } = placement.cell;
  if (standby === undefined) return;
  const other = { cell: placement.cell, role: "standby" as const, region: regions[standby] };
  const otherKey = names.dataKeyArn(other, context.keyIds[placement.cell.code] ?? "");
  const role = new iam.Role(scope, "Replication", {
    assumedBy: new iam.ServicePrincipal("s3.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": account } },
    }),
  });
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ["kms:Decrypt"],
      resources: [dataKeyArn],
      conditions: { StringLike: { "kms:ViaService": `s3.${placement.region.name}.amazonaws.com` } },
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ["kms:Encrypt", "kms:GenerateDataKey"],
      resources: [otherKey],
      conditions: { StringLike: { "kms:ViaService": `s3.${other.region.name}.amazonaws.com` } },
    }),
  );
  for (const kind of DESTINATION_KINDS) {
    const bucket = buckets[kind];
    const destination = `arn:aws:s3:::${names[kind](other)}`;
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        resources: [bucket.bucketArn],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionTagging",
          "s3:GetObjectRetention",
          "s3:GetObjectLegalHold",
        ],
        resources: [bucket.arnForObjects("*")],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
        resources: [`${destination}/*`],
      }),
    );
    const resource = bucket.node.defaultChild;
    if (!(resource instanceof s3.CfnBucket)) throw new Error("a bucket without its resource");
    resource.replicationConfiguration = {
      role: role.roleArn,
      rules: [
        {
          id: "to-the-standby",
          status: "Enabled",
          priority: 1,
          filter: { prefix: "" },
          // Erased at home is erased there.
          deleteMarkerReplication: { status: "Enabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: destination,
            account,
            encryptionConfiguration: { replicaKmsKeyId: otherKey },
            replicationTime: { status: "Enabled", time: { minutes: 15 } },
            metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
          },
        },
      ],
    };
  }
}
