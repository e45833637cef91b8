import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { singleton } from "./concurrency/singleton";
import { env } from "./env";
import { AppError } from "./errors";

export interface Storage {
  put(key: string, body: Uint8Array | string, options: PutOptions): Promise<void>;
  /** The object, or undefined when there is none. */
  get(key: string): Promise<{ body: Uint8Array; contentType: string | undefined } | undefined>;
  /** Stores what is read from `pieces`, of which one part is in memory. Returns its size. An upload that fails leaves nothing. */
  putStream(key: string, pieces: AsyncIterable<Uint8Array>, options: StreamOptions): Promise<number>;
  /** The object in pieces, or undefined when there is none. */
  getStream(key: string, options?: { signal?: AbortSignal }): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The keys with this prefix, in order; `after` starts behind that key. */
  list(prefix: string, options?: { after?: string | undefined }): Promise<string[]>;
  /** Whether the bucket can lock objects against deletion by anybody, its owner included (Object Lock). */
  locksObjects(): Promise<boolean>;
  /** Deleting a missing object is no error. */
  delete(key: string): Promise<void>;
  close(): void;
}

export interface PutOptions {
  contentType: string;
  /** Until then the object can be neither changed nor deleted. Only where `locksObjects`. */
  lockedUntil?: Date | undefined;
  /** Fails where the object exists (a conditional write). */
  onlyNew?: boolean;
}

export interface StreamOptions {
  contentType: string;
  signal?: AbortSignal | undefined;
}

export interface StorageOptions {
  region: string;
  endpoint?: string | undefined;
  bucket: string;
}

const TIMEOUT_MS = 15_000;
/** S3 takes parts of 5 MiB and more, and 10,000 of them: 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
/** A part takes longer than another call where the network is slow. */
const PART_TIMEOUT_MS = 120_000;
const NO_LOCK: ReadonlySet<string> = new Set(["ObjectLockConfigurationNotFoundError", "NotImplemented"]);

/** Objects in one S3 bucket. Every failure is an AppError `service_unavailable`, within fifteen seconds. */
export function createStorage({ region, endpoint, bucket }: StorageOptions): Storage {
  const client = new S3Client({
    region,
    // A custom endpoint has one host name, so buckets are paths.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000 },
  });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });

  return {
    async put(key, body, { contentType, lockedUntil, onlyNew }) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...(onlyNew && { IfNoneMatch: "*" }),
        ...(lockedUntil && { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: lockedUntil }),
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
    async putStream(key, pieces, { contentType, signal }) {
      const target = { Bucket: bucket, Key: key };
      const { UploadId } = await bounded("multipart upload", () =>
        client.send(new CreateMultipartUploadCommand({ ...target, ContentType: contentType }), inTime()),
      );
      const upload = { ...target, UploadId };
      try {
        const parts: { PartNumber: number; ETag: string | undefined }[] = [];
        let bytes = 0;
        for await (const Body of inParts(pieces, PART_BYTES)) {
          signal?.throwIfAborted();
          const PartNumber = parts.length + 1;
          const abortSignal = AbortSignal.any([
            AbortSignal.timeout(PART_TIMEOUT_MS),
            ...(signal ? [signal] : []),
          ]);
          const { ETag } = await bounded("part", () =>
            client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), { abortSignal }),
          );
          parts.push({ PartNumber, ETag });
          bytes += Body.byteLength;
        }
        const MultipartUpload = { Parts: parts };
        await bounded("complete", () =>
          client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }), inTime()),
        );
        return bytes;
      } catch (error) {
        // What cannot be cleaned up now, the bucket's rule for incomplete uploads does.
        await client.send(new AbortMultipartUploadCommand(upload), inTime()).catch(() => {});
        throw error;
      }
    },
    async getStream(key, { signal } = {}) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      return bounded("get", async () => {
        const late = new AbortController();
        // Until its first byte: how long the rest takes is up to the reader.
        const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
        try {
          const abortSignal = AbortSignal.any([late.signal, ...(signal ? [signal] : [])]);
          const { Body } = await client.send(command, { abortSignal });
          return Body instanceof Readable ? Body : undefined;
        } catch (error) {
          if (error instanceof Error && error.name === "NoSuchKey") return undefined;
          throw error;
        } finally {
          clearTimeout(timer);
        }
      });
    },
    async list(prefix, { after } = {}) {
      const keys: string[] = [];
      let next: string | undefined;
      do {
        const command = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(next === undefined ? { StartAfter: after } : { ContinuationToken: next }),
        });
        const page = await bounded("list", () => client.send(command, inTime()));
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
        next = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (next !== undefined);
      return keys;
    },
    async locksObjects() {
      const command = new GetObjectLockConfigurationCommand({ Bucket: bucket });
      return bounded("object lock", async () => {
        try {
          const { ObjectLockConfiguration } = await client.send(command, inTime());
          return ObjectLockConfiguration?.ObjectLockEnabled === "Enabled";
        } catch (error) {
          // S3's error for a bucket without Object Lock; stores that do not know it answer "NotImplemented".
          if (error instanceof Error && NO_LOCK.has(error.name)) return false;
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

/** The same bytes in parts of one size, but for the last. */
async function* inParts(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + size - bytes);
      gathered.push(taken);
      bytes += taken.byteLength;
      at += taken.byteLength;
      if (bytes < size) continue;
      yield Buffer.concat(gathered);
      [gathered, bytes] = [[], 0];
    }
  }
  if (bytes > 0) yield Buffer.concat(gathered);
}

async function bounded<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new AppError("service_unavailable", {
      public: "File storage is temporarily unavailable. Try again in a moment.",
      internal: `S3 ${operation}: ${cause instanceof Error ? cause.name : "unknown error"}`,
      retryAfterSeconds: 5,
      cause,
    });
  }
}

export const storage = singleton("storage", () => openBucket(env().S3_BUCKET));

/** For objects that must outlive the database and be out of its owner's reach: audit chain heads and tombstones. */
export const evidenceStorage = singleton("evidence storage", () =>
  openBucket(env().AUDIT_S3_BUCKET ?? env().S3_BUCKET),
);

function openBucket(bucket: string): Storage {
  return createStorage({ region: env().AWS_REGION, endpoint: env().S3_ENDPOINT, bucket });
}
