import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { env } from "./env";
import { AppError } from "./errors";

export interface Storage {
  put(key: string, body: Uint8Array | string, options: { contentType: string }): Promise<void>;
  /** The object, or undefined when there is none. */
  get(key: string): Promise<{ body: Uint8Array; contentType: string | undefined } | undefined>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
  close(): void;
}

export interface StorageOptions {
  region: string;
  endpoint?: string | undefined;
  bucket: string;
}

const TIMEOUT_MS = 15_000;

/** Objects in one S3 bucket. Every failure is an AppError `service_unavailable`, within fifteen seconds. */
export function createStorage({ region, endpoint, bucket }: StorageOptions): Storage {
  const client = new S3Client({
    region,
    // A custom endpoint has one name: buckets are paths there, not hosts.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000 },
  });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });

  return {
    async put(key, body, { contentType }) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
      });
      await bounded("put", () => client.send(command, inTime()));
    },
    async get(key) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      return bounded("get", async () => {
        try {
          const { Body, ContentType } = await client.send(command, inTime());
          return Body && { body: await Body.transformToByteArray(), contentType: ContentType };
        } catch (error) {
          if (error instanceof Error && error.name === "NoSuchKey") return undefined;
          throw error;
        }
      });
    },
    async delete(key) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      await bounded("delete", () => client.send(command, inTime()));
    },
    close: () => client.destroy(),
  };
}

async function bounded<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new AppError("service_unavailable", {
      public: "File storage is unavailable for a moment. Please try again.",
      internal: `S3 ${operation}: ${cause instanceof Error ? cause.name : "unknown error"}`,
      retryAfterSeconds: 5,
      cause,
    });
  }
}

let configured: Storage | undefined;

export function storage(): Storage {
  configured ??= createStorage({
    region: env().AWS_REGION,
    endpoint: env().S3_ENDPOINT,
    bucket: env().S3_BUCKET,
  });
  return configured;
}
