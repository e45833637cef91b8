import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { spec } from "../../spec/spec";
import { type RegionProps, RegionStack } from "../base-stack";

/**
 * Where the region's buckets and balancers write who asked for what. Both can write only to buckets that are encrypted
 * by S3's own keys.
 */
export class LogBucketStack extends RegionStack {
  constructor(scope: Construct, props: RegionProps) {
    super(scope, "log-bucket", props);
    const { keepsData } = this.config.profile;
    const bucket = new s3.Bucket(this, "Logs", {
      bucketName: this.names.accessLogs(this.where),
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          id: "a-year",
          transitions: [
            {
              storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
              transitionAfter: Duration.days(spec.retention.hotDays),
            },
          ],
          expiration: Duration.days(spec.retention.coldDays),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    for (const service of ["logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"]) {
      bucket.addToResourcePolicy(
        new iam.PolicyStatement({
          principals: [new iam.ServicePrincipal(service)],
          actions: ["s3:PutObject"],
          resources: [bucket.arnForObjects("*")],
          conditions: { StringEquals: { "aws:SourceAccount": this.config.account } },
        }),
      );
    }
  }
}
