import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as analyzer from "aws-cdk-lib/aws-accessanalyzer";
import * as cloudtrail from "aws-cdk-lib/aws-cloudtrail";
import * as config from "aws-cdk-lib/aws-config";
import * as events from "aws-cdk-lib/aws-events";
import * as guardduty from "aws-cdk-lib/aws-guardduty";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { spec } from "../../spec/spec";
import { type RegionProps, RegionStack } from "../base-stack";

/** AWS's own rules that watch what the specification asks for; a stack that was changed by hand is found by them. */
export const CONFIG_RULES: Record<string, Record<string, string>> = {
  RDS_STORAGE_ENCRYPTED: {},
  RDS_INSTANCE_PUBLIC_ACCESS_CHECK: {},
  RDS_MULTI_AZ_SUPPORT: {},
  DB_INSTANCE_BACKUP_ENABLED: { backupRetentionPeriod: String(spec.retention.backupDays) },
  S3_BUCKET_PUBLIC_READ_PROHIBITED: {},
  S3_BUCKET_PUBLIC_WRITE_PROHIBITED: {},
  S3_BUCKET_SSL_REQUESTS_ONLY: {},
  VPC_FLOW_LOGS_ENABLED: {},
  VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS: { authorizedTcpPorts: "443" },
  CLOUD_TRAIL_ENCRYPTION_ENABLED: {},
  CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED: {},
  CMK_BACKING_KEY_ROTATION_ENABLED: {},
  ALB_HTTP_DROP_INVALID_HEADER_ENABLED: {},
  ALB_WAF_ENABLED: {},
  IAM_ROOT_ACCESS_KEY_CHECK: {},
  ROOT_ACCOUNT_MFA_ENABLED: {},
  IAM_USER_NO_POLICIES_CHECK: {},
  GUARDDUTY_ENABLED_CENTRALIZED: {},
  ECS_CONTAINERS_READONLY_ACCESS: {},
  ECS_CONTAINERS_NONPRIVILEGED: {},
};

/** The watchers of a region, once for an account: who did what, what was changed, what looks like an attack. */
export class ComplianceStack extends RegionStack {
  constructor(scope: Construct, props: RegionProps & { platformKeyArn: string }) {
    super(scope, "compliance", props);
    const key = kms.Key.fromKeyArn(this, "Platform", props.platformKeyArn);
    const bucket = this.addBucket();
    this.addTrail(bucket, key);
    this.addConfig(bucket);
    new guardduty.CfnDetector(this, "GuardDuty", {
      enable: true,
      findingPublishingFrequency: "FIFTEEN_MINUTES",
      features: ["S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS"].map((name) => ({
        name,
        status: "ENABLED",
      })),
    });
    new analyzer.CfnAnalyzer(this, "AccessAnalyzer", {
      analyzerName: this.names.base,
      type: "ACCOUNT",
    });
    this.tell("Attacks", "critical", {
      source: ["aws.guardduty"],
      "detail-type": ["GuardDuty Finding"],
      detail: { severity: [{ numeric: [">=", 7] }] },
    });
    this.tell("Openings", "warning", {
      source: ["aws.access-analyzer"],
      "detail-type": ["Access Analyzer Finding"],
      detail: { status: ["ACTIVE"] },
    });
    this.tell("Drift", "warning", {
      source: ["aws.config"],
      "detail-type": ["Config Rules Compliance Change"],
      detail: { newEvaluationResult: { complianceType: ["NON_COMPLIANT"] } },
    });
  }

  private addBucket(): s3.Bucket {
    const { irrevocable, keepsData } = this.config.profile;
    const days = Duration.days(spec.retention.auditDays);
    return new s3.Bucket(this, "Trail", {
      bucketName: this.names.trail(this.where),
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: s3.Bucket.fromBucketName(this, "Logs", this.names.accessLogs(this.where)),
      serverAccessLogsPrefix: "trail/",
      objectLockEnabled: true,
      objectLockDefaultRetention: irrevocable
        ? s3.ObjectLockRetention.compliance(days)
        : s3.ObjectLockRetention.governance(days),
      removalPolicy: keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          id: "seven-years",
          transitions: [
            {
              storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
              transitionAfter: Duration.days(spec.retention.hotDays),
            },
          ],
          expiration: days,
          noncurrentVersionExpiration: days,
        },
      ],
    });
  }

  private addTrail(bucket: s3.Bucket, key: kms.IKey): void {
    new cloudtrail.Trail(this, "CloudTrail", {
      trailName: this.names.base,
      bucket,
      encryptionKey: key,
      enableFileValidation: true,
      // One in each region, so that what happens in the EU is written down in the EU.
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: this.where.name === spec.regions.primary,
      managementEvents: cloudtrail.ReadWriteType.ALL,
    });
  }

  private addConfig(bucket: s3.Bucket): void {
    const isPrimary = this.where.name === spec.regions.primary;
    // A service-linked role is the account's: the first region makes it.
    const role = isPrimary
      ? new iam.CfnServiceLinkedRole(this, "ConfigRole", { awsServiceName: "config.amazonaws.com" })
      : undefined;
    const roleArn = `arn:aws:iam::${this.config.account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`;
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("config.amazonaws.com")],
        actions: ["s3:GetBucketAcl", "s3:ListBucket", "s3:PutObject"],
        resources: [bucket.bucketArn, bucket.arnForObjects("config/*")],
        conditions: { StringEquals: { "aws:SourceAccount": this.config.account } },
      }),
    );
    const recorder = new config.CfnConfigurationRecorder(this, "Recorder", {
      name: "default",
      roleArn,
      recordingGroup: {
        allSupported: true,
        includeGlobalResourceTypes: isPrimary,
      },
    });
    if (role !== undefined) recorder.node.addDependency(role);
    const channel = new config.CfnDeliveryChannel(this, "Channel", {
      name: "default",
      s3BucketName: bucket.bucketName,
      s3KeyPrefix: "config",
      configSnapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
    });
    channel.node.addDependency(bucket);
    for (const [identifier, inputParameters] of Object.entries(CONFIG_RULES)) {
      const rule = new config.CfnConfigRule(this, identifier, {
        configRuleName: `${this.names.base}-${identifier.toLowerCase().replaceAll("_", "-")}`,
        source: { owner: "AWS", sourceIdentifier: identifier },
        ...(Object.keys(inputParameters).length === 0 ? {} : { inputParameters }),
      });
      rule.node.addDependency(recorder);
    }
  }

  private tell(name: string, severity: "critical" | "warning", eventPattern: object): void {
    new events.CfnRule(this, name, {
      eventPattern,
      targets: [{ id: "on-call", arn: this.names.topicArn(this.where, severity) }],
    });
  }
}
