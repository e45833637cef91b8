import * as iam from "aws-cdk-lib/aws-iam";
import type { TaskContext } from "./task-context";

/** What the product may do in AWS, and nothing else: its queues, its two buckets, its key. */
export function allowProduct(
  role: iam.IRole,
  { config, messaging, names, placement, dataKeyArn }: TaskContext,
): void {
  const queues = [messaging.standard.arn, messaging.enterprise.arn, messaging.deadLetter.arn];
  const objects = `arn:aws:s3:::${names.objects(placement)}`;
  const evidence = `arn:aws:s3:::${names.evidence(placement)}`;
  const allow = (actions: string[], resources: string[]) =>
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
  allow(
    [
      "sqs:SendMessage",
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
    ],
    queues,
  );
  const epochs = config.epochs[placement.cell.code];
  const listed = epochs === undefined ? [] : [`arn:aws:s3:::${epochs.bucket}`];
  allow(["s3:ListBucket"], [objects, evidence, ...listed]);
  allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], [`${objects}/*`]);
  // Evidence is added, never removed; Object Lock refuses it to everybody anyway.
  allow(["s3:GetObject", "s3:PutObject"], [`${evidence}/*`]);
  allow(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], [dataKeyArn]);
}
