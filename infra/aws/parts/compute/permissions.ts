import * as iam from "aws-cdk-lib/aws-iam";
import { SERVING } from "../data/database";
import type { TaskContext } from "./task-context";

/** What the product may do in AWS, and nothing else: its queues, its two buckets, its key, its database as the role that serves. */
export function allowProduct(
  role: iam.IRole,
  { config, messaging, database, names, placement, dataKeyArn }: TaskContext,
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
  const witnesses = config.epochs[placement.cell.code] ?? [];
  allow(["s3:ListBucket"], [objects, evidence, ...witnesses.map(({ bucket }) => `arn:aws:s3:::${bucket}`)]);
  allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], [`${objects}/*`]);
  // Evidence is added, never removed; Object Lock refuses it to everybody anyway.
  allow(["s3:GetObject", "s3:PutObject", "s3:PutObjectRetention"], [`${evidence}/*`]);
  allow(["s3:GetBucketObjectLockConfiguration"], [evidence]);
  // But for archives of the audit log, once their seven years and their lock are over.
  allow(["s3:DeleteObject"], [`${evidence}/audit/archives/*`]);
  allow(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], [dataKeyArn]);
  allow(
    ["rds-db:connect"],
    [`arn:aws:rds-db:${placement.region.name}:${config.account}:dbuser:${database.resourceId}/${SERVING}`],
  );
}

/** The task that migrates reads the password of the schema's owner, and may do nothing else. */
export function allowMigrations(
  role: iam.IRole,
  { database: { ownerSecretArn }, placement, dataKeyArn }: TaskContext,
): void {
  if (ownerSecretArn === undefined) return;
  const statement = { resources: [ownerSecretArn], actions: ["secretsmanager:GetSecretValue"] };
  role.addToPrincipalPolicy(new iam.PolicyStatement(statement));
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ["kms:Decrypt"],
      resources: [dataKeyArn],
      // The key is everything's: here it opens what Secrets Manager asks for.
      conditions: {
        StringEquals: { "kms:ViaService": `secretsmanager.${placement.region.name}.amazonaws.com` },
      },
    }),
  );
}
