import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as kms from "aws-cdk-lib/aws-kms";
import * as sqs from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { spec } from "../../spec/spec";
import { type CellProps, CellStack } from "../base-stack";

/** Six times the function's time-out: AWS's own rule, so that a slow batch is not handed out twice. */
const VISIBILITY_SECONDS = 6 * spec.lambda.timeoutSeconds;
/** Of the same message, before a person looks at it; the product's own attempts are inside one of them. */
const MAX_RECEIVES = 5;
const MAX_RETENTION_DAYS = 14;

export interface QueueRef {
  arn: string;
  url: string;
  name: string;
}

/** Queues hold ids and never content; the request's row is the truth, so a queue may die (ADR 2). */
export class MessagingStack extends CellStack {
  readonly standard: QueueRef;
  readonly enterprise: QueueRef;
  readonly deadLetter: QueueRef;

  constructor(scope: Construct, props: CellProps) {
    super(scope, "messaging", props);
    const encryptionMasterKey = kms.Key.fromKeyArn(this, "Key", this.dataKeyArn);
    const make = (kind: string, more: sqs.QueueProps = {}) =>
      new sqs.Queue(this, kind, {
        queueName: `${this.names.placed(this.placement)}-${kind.toLowerCase()}`,
        encryption: sqs.QueueEncryption.KMS,
        encryptionMasterKey,
        dataKeyReuse: Duration.hours(1),
        enforceSSL: true,
        retentionPeriod: Duration.days(MAX_RETENTION_DAYS),
        receiveMessageWaitTime: Duration.seconds(20),
        visibilityTimeout: Duration.seconds(VISIBILITY_SECONDS),
        removalPolicy: RemovalPolicy.DESTROY,
        ...more,
      });
    const dead = make("Dead", { redriveAllowPolicy: { redrivePermission: sqs.RedrivePermission.ALLOW_ALL } });
    const deadLetterQueue = { queue: dead, maxReceiveCount: MAX_RECEIVES };
    this.standard = ref(make("Standard", { deadLetterQueue }));
    this.enterprise = ref(make("Enterprise", { deadLetterQueue }));
    this.deadLetter = ref(dead);
  }
}

const ref = ({ queueArn, queueUrl, queueName }: sqs.Queue): QueueRef => ({
  arn: queueArn,
  url: queueUrl,
  name: queueName,
});
