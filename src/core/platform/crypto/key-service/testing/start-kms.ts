import { createServer } from "node:http";
import { z } from "zod";

export const KMS_KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/primary";
/** A replica of it is in every region. */
export const KMS_MULTI_REGION_ID = "mrk-1234abcd12ab34cd56ef1234567890ab";
export const kmsArn = (region: string, id: string) => `arn:aws:kms:${region}:111122223333:key/${id}`;

export interface LocalKms {
  endpoint: string;
  calls(): number;
  /** Calls of a KMS that hangs: taken, not answered and not given up. */
  waiting(): number;
  failNext(failure: { status: number; type: string }): void;
  /** From now on calls are taken and never answered. */
  hang(): void;
  reset(): void;
  stop(): Promise<void>;
}

const contextSchema = z.record(z.string(), z.string()).default({});
const inputSchema = z.object({
  KeyId: z.string(),
  Plaintext: z.string().optional(),
  CiphertextBlob: z.string().optional(),
  EncryptionContext: contextSchema,
});
const ciphertextSchema = z.object({
  key: z.string(),
  Plaintext: z.string().optional(),
  EncryptionContext: contextSchema,
});

/** Speaks KMS's JSON 1.1 protocol: the "ciphertext" is the request itself, so that context and key are checked. */
export async function startKms(region = "us-east-1"): Promise<LocalKms> {
  /** As KMS does: an id or alias is looked for here, and an ARN of another region is refused. */
  const find = (named: string) => {
    if (named === KMS_MULTI_REGION_ID || named === kmsArn(region, KMS_MULTI_REGION_ID))
      return { id: KMS_MULTI_REGION_ID, arn: kmsArn(region, KMS_MULTI_REGION_ID) };
    const primary = ["alias/agathaai", "primary", KMS_KEY_ARN].includes(named) && region === "us-east-1";
    return primary ? { id: "primary", arn: KMS_KEY_ARN } : undefined;
  };
  let failures: { status: number; type: string }[] = [];
  let silent = false;
  let calls = 0;
  let waiting = 0;

  const server = createServer(async (request, response) => {
    calls += 1;
    let body = "";
    for await (const chunk of request) body += chunk;
    if (silent) {
      waiting += 1;
      response.once("close", () => {
        waiting -= 1;
      });
      return;
    }
    const answer = (status: number, json: object) => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(json));
    };
    const failure = failures.shift();
    if (failure) return answer(failure.status, { __type: failure.type, message: "no" });
    const input = inputSchema.parse(JSON.parse(body));
    const found = find(input.KeyId);
    if (request.headers["x-amz-target"] === "TrentService.Encrypt") {
      if (found === undefined) return answer(400, { __type: "NotFoundException", message: "no" });
      const wrapped = {
        key: found.id,
        Plaintext: input.Plaintext,
        EncryptionContext: input.EncryptionContext,
      };
      const CiphertextBlob = Buffer.from(JSON.stringify(wrapped)).toString("base64");
      return answer(200, { KeyId: found.arn, CiphertextBlob, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    }
    const wrapped = ciphertextSchema.parse(
      JSON.parse(Buffer.from(input.CiphertextBlob ?? "", "base64").toString()),
    );
    if (JSON.stringify(wrapped.EncryptionContext) !== JSON.stringify(input.EncryptionContext)) {
      return answer(400, { __type: "InvalidCiphertextException" });
    }
    if (found === undefined) return answer(400, { __type: "NotFoundException", message: "no" });
    if (wrapped.key !== found.id) return answer(400, { __type: "IncorrectKeyException", message: "no" });
    answer(200, { KeyId: found.arn, Plaintext: wrapped.Plaintext });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("KMS listens on no port");

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls: () => calls,
    waiting: () => waiting,
    failNext: (failure) => {
      failures.push(failure);
    },
    hang: () => {
      silent = true;
    },
    reset: () => {
      failures = [];
      silent = false;
      calls = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
