import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";

/** fauxqs checks no credentials, but the SDK needs some. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };
const MAX_RECEIVES = 10;

export type Queues = { standard: string; enterprise: string; deadLetter: string };

/** Creates the product's queues if they do not exist. A message received ten times moves to the dead-letter queue. */
export async function createQueues(endpoint: string, region: string, prefix = "agathaai"): Promise<Queues> {
  const sqs = new SQSClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });
  const create = async (name: string, attributes: Record<string, string> = {}) => {
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: `${prefix}-${name}`, Attributes: attributes }),
    );
    if (QueueUrl === undefined) throw new Error(`The queue ${prefix}-${name} could not be made.`);
    return QueueUrl;
  };
  try {
    const deadLetter = await create("dead-letter", { MessageRetentionPeriod: String(14 * 86_400) });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: deadLetter, AttributeNames: ["QueueArn"] }),
    );
    const attributes = {
      VisibilityTimeout: "60",
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: Attributes?.QueueArn,
        maxReceiveCount: String(MAX_RECEIVES),
      }),
    };
    return {
      standard: await create("standard", attributes),
      enterprise: await create("enterprise", attributes),
      deadLetter,
    };
  } finally {
    sqs.destroy();
  }
}

/** Creates a bucket, unless it exists. */
export async function createBucket(endpoint: string, bucket: string): Promise<void> {
  const answer = await fetch(`${endpoint}/${bucket}`, { method: "PUT" });
  if (!answer.ok && answer.status !== 409)
    throw new Error(`The bucket ${bucket} could not be made (${answer.status}).`);
}
