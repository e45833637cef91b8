import { CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { type CellProps, CellStack, type RegionProps, RegionStack } from "./base-stack";

/** Deleting a key is deleting everything under it: the longest time that AWS gives to think again. */
const PENDING_DAYS = 30;

/**
 * The cell's one key for data: the product's own envelopes, the database, objects, queues. It is a multi-region key, so
 * what was encrypted at home can be read at the standby; its first region makes it, the other has a replica.
 */
export class CellKeyStack extends CellStack {
  constructor(scope: Construct, props: CellProps) {
    super(scope, "keys", props);
    const { cell } = this.placement;
    if (this.isHome) this.makePrimary();
    else {
      const home = this.names.dataKeyArn(
        { ...this.placement, region: { ...this.where, name: cell.home } },
        this.config.keys[cell.code] ?? "",
      );
      new kms.CfnReplicaKey(this, "Data", {
        primaryKeyArn: home,
        description: `Data of cell ${cell.code}, at its standby`,
        keyPolicy: this.policy(),
        pendingWindowInDays: PENDING_DAYS,
      }).applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
  }

  private makePrimary(): void {
    const key = new kms.CfnKey(this, "Data", {
      description: `Data of cell ${this.placement.cell.code}`,
      multiRegion: true,
      enableKeyRotation: true,
      keyPolicy: this.policy(),
      pendingWindowInDays: PENDING_DAYS,
    });
    key.applyRemovalPolicy(this.config.profile.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    new CfnOutput(this, "DataKeyId", {
      value: key.ref,
      description: `keys.${this.placement.cell.code} of the configuration`,
    });
  }

  /** The account decides by IAM who may use it; services only on behalf of who calls them. */
  private policy(): iam.PolicyDocument {
    return new iam.PolicyDocument({ statements: [accountDecides(this.config.account)] });
  }
}

/** The region's key for what is not customers' data: logs, alarms, trails, backups' vault. */
export class RegionKeyStack extends RegionStack {
  readonly keyArn: string;

  constructor(scope: Construct, props: RegionProps) {
    super(scope, "keys", props);
    const key = new kms.Key(this, "Platform", {
      description: `Logs, alarms, trails and backups of ${this.where.name}`,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      pendingWindow: Duration.days(PENDING_DAYS),
      removalPolicy: this.config.profile.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      alias: `${this.names.base}-platform`,
    });
    const { account } = this.config;
    const region = this.where.name;
    // Services that encrypt by themselves, each only for what is this account's and this region's.
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: "Logs",
        principals: [new iam.ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        resources: ["*"],
        conditions: {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${account}:log-group:*` },
        },
      }),
    );
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: "AlarmsAndTrails",
        principals: ["cloudwatch", "cloudtrail", "events", "config", "sns", "aps", "arc-region-switch"].map(
          (service) => new iam.ServicePrincipal(`${service}.amazonaws.com`),
        ),
        actions: ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
        resources: ["*"],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
    this.keyArn = key.keyArn;
  }
}

function accountDecides(account: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: "AccountDecidesByIam",
    principals: [new iam.AccountPrincipal(account)],
    actions: ["kms:*"],
    resources: ["*"],
  });
}
