import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { amzDate, authorizationOf } from "./sign-request";

interface SdkRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What the SDK would send. */
async function sentBySdk(secretAccessKey: string, sessionToken?: string): Promise<SdkRequest> {
  let sent: SdkRequest | undefined;
  const client = new SQSClient({
    region: "eu-central-1",
    endpoint: "https://sqs.example.com:8443",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey, ...(sessionToken && { sessionToken }) },
    requestHandler: {
      handle: (request: SdkRequest) => {
        sent = request;
        return Promise.reject(new Error("enough"));
      },
    },
    maxAttempts: 1,
  });
  const entries = [{ Id: "0", MessageBody: '{"request_id":"é"}', DelaySeconds: 0 }];
  const command = new SendMessageBatchCommand({
    QueueUrl: "https://sqs.example.com:8443/1/q",
    Entries: entries,
  });
  await client.send(command).catch(() => undefined);
  if (sent === undefined) throw new Error("the SDK sent nothing");
  return sent;
}

test.each([
  ["long-lived credentials", undefined],
  ["credentials of a session", "token/with+signs=="],
])("a request is signed as the SDK signs it, with %s", async (_, sessionToken) => {
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const { path, headers, body } = await sentBySdk(secret, sessionToken);
  const { authorization = "", ...rest } = headers;
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
  expect(signed).toContain("x-amz-target");
  const request = {
    service: "sqs",
    region: "eu-central-1",
    path,
    headers: Object.fromEntries(signed.map((name) => [name, rest[name] ?? ""])),
    body,
    date: rest["x-amz-date"] ?? "",
  };
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret, sessionToken };
  expect(authorizationOf(request, credentials)).toBe(authorization);
  expect(authorizationOf({ ...request, body: `${body} ` }, credentials)).not.toBe(authorization);
  expect(authorizationOf(request, { ...credentials, secretAccessKey: "another" })).not.toBe(authorization);
  expect(authorizationOf(request, credentials)).toBe(authorization);
});

test("a date is written as AWS has it", () => {
  expect(amzDate(new Date("2026-11-27T09:15:07.123Z"))).toBe("20261127T091507Z");
});
