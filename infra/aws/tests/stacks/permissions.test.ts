import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { z } from "zod";
import { resourcesOf, synthesized } from "../support/synthesized";

const SOURCE = fileURLToPath(new URL("../../../../src", import.meta.url));
const evidence = "arn:aws:s3:::agathaai-production-use1-home-evidence-123456789012";
const objects = "arn:aws:s3:::agathaai-production-use1-home-objects-123456789012";

type Where = "objects" | "evidence" | "queues" | "key";

/** What AWS asks for each call that the product makes, and of which of its things it makes it. */
const needed: Record<string, { actions: string[]; of: Where[] }> = {
  // Written with a lock where it is evidence.
  PutObject: { actions: ["s3:PutObject"], of: ["objects", "evidence"] },
  GetObject: { actions: ["s3:GetObject"], of: ["objects", "evidence"] },
  ListObjectsV2: { actions: ["s3:ListBucket"], of: ["objects", "evidence"] },
  DeleteObject: { actions: ["s3:DeleteObject"], of: ["objects"] },
  GetObjectLockConfiguration: { actions: ["s3:GetBucketObjectLockConfiguration"], of: ["evidence"] },
  CreateMultipartUpload: { actions: ["s3:PutObject"], of: ["objects"] },
  UploadPart: { actions: ["s3:PutObject"], of: ["objects"] },
  CompleteMultipartUpload: { actions: ["s3:PutObject"], of: ["objects"] },
  AbortMultipartUpload: { actions: ["s3:AbortMultipartUpload"], of: ["objects"] },
  SendMessage: { actions: ["sqs:SendMessage"], of: ["queues"] },
  SendMessageBatch: { actions: ["sqs:SendMessage"], of: ["queues"] },
  ReceiveMessage: { actions: ["sqs:ReceiveMessage"], of: ["queues"] },
  DeleteMessage: { actions: ["sqs:DeleteMessage"], of: ["queues"] },
  ChangeMessageVisibility: { actions: ["sqs:ChangeMessageVisibility"], of: ["queues"] },
  GetQueueAttributes: { actions: ["sqs:GetQueueAttributes"], of: ["queues"] },
  Encrypt: { actions: ["kms:Encrypt"], of: ["key"] },
  Decrypt: { actions: ["kms:Decrypt"], of: ["key"] },
};
/** Asked where a password of the database is in Secrets Manager, which no task of AWS's stacks is told. */
const NOT_HERE = ["GetSecretValue"];
/** Not by a call of its own: the lock of `put({ lockedUntil })`, and S3's and SQS's encryption by the cell's key. */
const implied: [string, Where][] = [
  ["s3:PutObjectRetention", "evidence"],
  ["kms:GenerateDataKey", "key"],
];

/** The commands of AWS's clients that the product's source makes. */
function callsOfProduct(): string[] {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\/testing\//.test(file),
  );
  const calls = files.flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), "utf8");
    if (!text.includes("@aws-sdk/client-")) return [];
    return [...text.matchAll(/\bnew (\w+)Command\(/g)].map(([, name = ""]) => name);
  });
  return [...new Set(calls)].sort();
}

const statement = z.object({
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]),
  Effect: z.literal("Allow"),
});
const policy = z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) });

/** `action resource` of each grant to a role of the stack whose policy has that id. */
function grantsOf(stack: RegExp, id: RegExp): string[] {
  const policies = resourcesOf(synthesized("production"), "AWS::IAM::Policy", stack).filter((one) =>
    id.test(one.id),
  );
  expect(policies).toHaveLength(1);
  return policies.flatMap(({ Properties }) =>
    policy
      .parse(Properties)
      .PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
        Action.flatMap((action) => Resource.map((resource) => `${action} ${JSON.stringify(resource)}`)),
      ),
  );
}

function isGranted(grants: string[], action: string, of: Where): boolean {
  const [service = ""] = action.split(":");
  // Of S3, what begins with "Bucket" or lists is a bucket's, and the rest an object's.
  const suffix = /Bucket/.test(action) ? "" : "/*";
  if (service === "s3")
    return grants.includes(`${action} "${of === "evidence" ? evidence : objects}${suffix}"`);
  const count = grants.filter((grant) => grant.startsWith(`${action} `)).length;
  return count >= (of === "queues" ? 3 : 1);
}

const roles: [string, RegExp, RegExp][] = [
  ["api", /us-east-1-use1-home-api$/, /^apitaskTaskRole/],
  ["worker", /us-east-1-use1-home-worker$/, /^workertaskTaskRole/],
  ["burst", /us-east-1-use1-home-worker$/, /^burststandardServiceRole/],
];

it("of every call of AWS that the product makes it is known what it asks for", () => {
  expect(callsOfProduct().filter((call) => !NOT_HERE.includes(call))).toEqual(Object.keys(needed).sort());
});

it.each(roles)("%s may delete no evidence but archives of the audit log", (_, stack, id) => {
  const deleting = grantsOf(stack, id).filter(
    (grant) => grant.startsWith("s3:DeleteObject") && grant.includes(evidence),
  );
  expect(deleting).toEqual([`s3:DeleteObject "${evidence}/audit/archives/*"`]);
});

it.each(roles)(
  "%s may make each call of S3, SQS and KMS that the product makes, evidence with its lock",
  (_, stack, id) => {
    const grants = grantsOf(stack, id);
    const asked: [string, Where][] = Object.values(needed).flatMap(({ actions, of }) =>
      actions.flatMap((action) => of.map((where): [string, Where] => [action, where])),
    );
    expect([...asked, ...implied].filter(([action, of]) => !isGranted(grants, action, of))).toEqual([]);
  },
);

it.each(roles)(
  "%s cannot take a lock away, and deletes of evidence only archives whose lock is over",
  (_, stack, id) => {
    const grants = grantsOf(stack, id).filter((grant) => grant.includes(evidence));
    expect(
      grants.filter((grant) => /Delete|Bypass|LegalHold|PutBucket|\*/.test(grant.split(" ")[0] ?? "")),
    ).toEqual([`s3:DeleteObject "${evidence}/audit/archives/*"`]);
  },
);
