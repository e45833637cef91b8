import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, expect, test } from "vitest";
import { startAws } from "./aws";
import { createBucket, createQueues, LOCAL_CREDENTIALS } from "./aws-resources";

const region = "us-east-1";
const objectsDir = mkdtempSync(join(tmpdir(), "agathaai-objects-"));
afterAll(() => rmSync(objectsDir, { recursive: true, force: true }));
const client = (endpoint: string) => ({ endpoint, region, credentials: LOCAL_CREDENTIALS });

test("objects survive a restart, however they were stored; deleted ones stay deleted", async () => {
  const Bucket = "kept-bucket";
  const before = await startAws({ port: 0, region, objectsDir });
  await createBucket(before.endpoint, Bucket);
  const s3 = new S3Client({ ...client(before.endpoint), forcePathStyle: true });
  const put = (Key: string) =>
    s3.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: `body of ${Key}`,
        ContentType: "text/plain",
        Metadata: { a: "b" },
      }),
    );
  for (const key of ["a b/ü+c.txt", "gone", "gone/1", "gone/2"]) await put(key);
  await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/gone` }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
  await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "gone/1" }, { Key: "gone/2" }] } }),
  );
  await before.stop();

  const after = await startAws({ port: 0, region, objectsDir });
  const again = new S3Client({ ...client(after.endpoint), forcePathStyle: true });
  const { Contents = [] } = await again.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents.map(({ Key }) => Key).sort()).toEqual(["a b/ü+c.txt", "copy"]);
  const found = await again.send(new GetObjectCommand({ Bucket, Key: "a b/ü+c.txt" }));
  expect(await found.Body?.transformToString()).toBe("body of a b/ü+c.txt");
  expect(found).toMatchObject({ ContentType: "text/plain", Metadata: { a: "b" } });
  await after.stop();
});

test("queues are made once, and a message received ten times in vain becomes a dead letter", async () => {
  const aws = await startAws({ port: 0, region });
  const queues = await createQueues(aws.endpoint, region);
  expect(await createQueues(aws.endpoint, region)).toEqual(queues);

  const sqs = new SQSClient(client(aws.endpoint));
  await sqs.send(new SendMessageCommand({ QueueUrl: queues.standard, MessageBody: "poison" }));
  const receive = (QueueUrl: string) =>
    sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  for (let count = 0; count < 10; count++) expect((await receive(queues.standard)).Messages).toHaveLength(1);
  expect((await receive(queues.standard)).Messages ?? []).toEqual([]);
  expect((await receive(queues.deadLetter)).Messages).toMatchObject([{ Body: "poison" }]);
  await aws.stop();
});
