import { createHash, createHmac } from "node:crypto";

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface RequestToSign {
  /** `sqs`, `eu-central-1`. */
  service: string;
  region: string;
  path: string;
  /** All of them are signed; names in lower case, values without spaces at their ends. */
  headers: Readonly<Record<string, string>>;
  body: string;
  /** As `x-amz-date` has it: `20261127T091500Z`. */
  date: string;
}

/** The `authorization` of a POST without a query, by AWS Signature Version 4. */
export function authorizationOf(
  { service, region, path, headers, body, date }: RequestToSign,
  { accessKeyId, secretAccessKey }: AwsCredentials,
): string {
  const names = Object.keys(headers).sort();
  const signed = names.join(";");
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = `POST\n${path}\n\n${lines}\n${signed}\n${sha256(body)}`;
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key = signingKey(secretAccessKey, scope);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
}

export function amzDate(at: Date): string {
  return at.toISOString().replace(/[:-]|\.\d{3}/g, "");
}

let last: { secret: string; scope: string; key: Buffer } | undefined;

/** The same for a whole day. */
function signingKey(secret: string, scope: string): Buffer {
  if (last?.secret !== secret || last.scope !== scope) {
    const key = scope
      .split("/")
      .reduce<Buffer>((signer, part) => hmac(signer, part), Buffer.from(`AWS4${secret}`));
    last = { secret, scope, key };
  }
  return last.key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
