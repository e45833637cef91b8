import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kmsKeyService } from "./kms-key-service";

/** Speaks KMS's JSON 1.1 protocol: the "ciphertext" is the request itself, so that context and key are checked. */
const keyArn = "arn:aws:kms:us-east-1:111122223333:key/primary";
let server: Server;
let endpoint: string;
let failures: { status: number; type: string }[] = [];
let silent = false;
let calls = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    calls += 1;
    let body = "";
    for await (const chunk of request) body += chunk;
    if (silent) return;
    const answer = (status: number, json: object) => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(json));
    };
    const failure = failures.shift();
    if (failure) return answer(failure.status, { __type: failure.type, message: "no" });
    const input = JSON.parse(body);
    const target = request.headers["x-amz-target"];
    if (target === "TrentService.Encrypt") {
      const sealed = { Plaintext: input.Plaintext, EncryptionContext: input.EncryptionContext };
      const CiphertextBlob = Buffer.from(JSON.stringify(sealed)).toString("base64");
      return answer(200, { KeyId: keyArn, CiphertextBlob, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    }
    const sealed = JSON.parse(Buffer.from(input.CiphertextBlob, "base64").toString());
    if (JSON.stringify(sealed.EncryptionContext) !== JSON.stringify(input.EncryptionContext)) {
      return answer(400, { __type: "InvalidCiphertextException" });
    }
    if (input.KeyId !== keyArn) return answer(400, { __type: "IncorrectKeyException", message: "no" });
    answer(200, { KeyId: keyArn, Plaintext: sealed.Plaintext });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  failures = [];
  silent = false;
  calls = 0;
});

const context = { subject_type: "org", subject_id: "7" };
const service = () =>
  kmsKeyService({
    keyId: "alias/agathaai",
    region: "us-east-1",
    endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

describe("KMS key service", () => {
  it("wraps and unwraps by KMS, and remembers the key's full name behind an alias", async () => {
    const key = randomBytes(32);
    const { wrapped, kekId } = await service().wrap(key, context);
    expect(kekId).toBe(keyArn);
    expect(Buffer.from(await service().unwrap(wrapped, kekId, context))).toEqual(key);
  });

  it("refuses another subject's wrapped key, once and for all", async () => {
    const { wrapped, kekId } = await service().wrap(randomBytes(32), context);
    calls = 0;
    await expect(service().unwrap(wrapped, kekId, { ...context, subject_id: "8" })).rejects.toMatchObject({
      code: "internal_error",
      internal: "KMS refused: InvalidCiphertextException",
    });
    expect(calls).toBe(1);
  });

  it("rides over a throttled call", async () => {
    failures = [{ status: 400, type: "ThrottlingException" }];
    await expect(service().wrap(randomBytes(32), context)).resolves.toMatchObject({ kekId: keyArn });
  });

  it("answers service_unavailable when KMS fails or denies access", async () => {
    failures = [{ status: 400, type: "AccessDeniedException" }];
    await expect(service().wrap(randomBytes(32), context)).rejects.toMatchObject({
      code: "service_unavailable",
      internal: "KMS did not answer: AccessDeniedException",
    });
  });

  it("gives up within its bound when KMS hangs", async () => {
    silent = true;
    const started = performance.now();
    await expect(service().wrap(randomBytes(32), context)).rejects.toMatchObject({
      code: "service_unavailable",
    });
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
