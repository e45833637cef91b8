import * as iam from "aws-cdk-lib/aws-iam";
import type { TaskContext } from "./task-context";

/** What the product may do in AWS, and nothing else: its queues, its two buckets, its key. */
export function allowProduct(
  role: iam.IRole,
  { messaging, names, placement, dataKeyArn }: TaskContext,
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
  // Epochs of the cell are in the standby's (ADR 96); the home lists them.
  const epochs = `arn:aws:s3:::${names.evidence({ cell: placement.cell, role: "standby" })}`;
  const listed = placement.role === "home" && placement.cell.standby !== undefined ? [epochs] : [];
  allow(["s3:ListBucket"], [objects, evidence, ...listed]);
  allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], [`${objects}/*`]);
  // Evidence is added, never removed; Object Lock refuses it to everybody anyway.
  allow(["s3:GetObject", "s3:PutObject"], [`${evidence}/*`]);
  allow(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], [dataKeyArn]);
}
