import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "vitest";
import { BatchSender } from "./send-batch";

let server: Server | undefined;
let sender: BatchSender | undefined;
afterEach(() => {
  sender?.close();
  server?.closeAllConnections();
  server?.close();
});

interface Asked {
  headers: IncomingMessage["headers"];
  body: unknown;
}

/** An SQS that answers so, with a sender to it. */
async function answering(
  answer: (response: ServerResponse) => void,
): Promise<{ send(): Promise<string[] | undefined>; asked: Asked[] }> {
  const asked: Asked[] = [];
  const started = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      asked.push({ headers: request.headers, body: JSON.parse(text) });
      answer(response);
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const { port } = started.address() as AddressInfo;
  const credentials = { accessKeyId: "key", secretAccessKey: "secret", sessionToken: "session" };
  const client = new SQSClient({ region: "eu-central-1", credentials });
  const made = new BatchSender(client, { region: "eu-central-1" });
  sender = made;
  const entries = [
    { Id: "0", MessageBody: "a" },
    { Id: "1", MessageBody: "b" },
  ];
  const send = async () => {
    const arrived = await made.send(`http://127.0.0.1:${port}/1/q`, entries);
    return arrived && [...arrived];
  };
  return { send, asked };
}

test("a batch is one signed call, and the entries that arrived are told", async () => {
  const { send, asked } = await answering((response) => {
    response.end(JSON.stringify({ Successful: [{ Id: "1", MessageId: "m" }], Failed: [{ Id: "0" }] }));
  });
  expect(await send()).toEqual(["1"]);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.headers).toMatchObject({
    "x-amz-target": "AmazonSQS.SendMessageBatch",
    "x-amz-security-token": "session",
    authorization: expect.stringContaining("x-amz-security-token"),
  });
  expect(asked[0]?.body).toMatchObject({
    Entries: [
      { Id: "0", MessageBody: "a" },
      { Id: "1", MessageBody: "b" },
    ],
  });
});

test.each<[string, (response: ServerResponse) => void]>([
  ["refuses", (response) => response.writeHead(403).end('{"__type":"ExpiredToken"}')],
  ["answers something else", (response) => response.end("<html>")],
  ["breaks off", (response) => response.destroy()],
  ["does not answer within a second", () => undefined],
])("where SQS %s, it is left to the SDK", async (_, answer) => {
  const { send } = await answering(answer);
  expect(await send()).toBeUndefined();
});
