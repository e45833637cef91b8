import http from "node:http";
import https from "node:https";
import type { SendMessageBatchRequestEntry, SQSClient } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { formatInferenceMessage, type InferenceMessage } from "./inference-message";
import { amzDate, authorizationOf } from "./sign-request";

/** Where it is not answered by then, the SDK tries. */
const ANSWER_MS = 1_000;
const ALL_AT_ONCE = 256;

const answerSchema = z.object({ Successful: z.array(z.object({ Id: z.string() })).default([]) });

/**
 * `SendMessageBatch` as the SDK sends it, at a third of its cost: a batch goes out for every few requests that are accepted, and
 * building, signing and reading one through the SDK's middlewares takes longer than accepting them. Credentials, endpoints that no one
 * has set, and whatever is not a plain success stay the SDK's: the caller asks it then, and a message that arrives twice does no harm.
 */
export class BatchSender {
  readonly #agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets: ALL_AT_ONCE }),
    "https:": new https.Agent({ keepAlive: true, maxSockets: ALL_AT_ONCE }),
  };

  constructor(
    private readonly client: SQSClient,
    private readonly options: { region: string; endpoint?: string | undefined },
  ) {}

  /** @returns the entries that arrived, or undefined where it did not plainly succeed. */
  async send(queueUrl: string, entries: SendMessageBatchRequestEntry[]): Promise<Set<string> | undefined> {
    try {
      const body = JSON.stringify({ QueueUrl: queueUrl, Entries: entries });
      const answer = await this.#post(new URL(this.options.endpoint ?? queueUrl), body);
      if (answer.status !== 200) return undefined;
      const { Successful } = answerSchema.parse(JSON.parse(answer.text));
      return new Set(Successful.map(({ Id }) => Id));
    } catch {
      return undefined;
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #post(url: URL, body: string): Promise<{ status: number | undefined; text: string }> {
    const { protocol } = url;
    if (protocol !== "http:" && protocol !== "https:") throw new Error(`${protocol} is no address of SQS`);
    const credentials = await this.client.config.credentials();
    const date = amzDate(new Date());
    const headers: Record<string, string> = {
      "content-type": "application/x-amz-json-1.0",
      host: url.host,
      "x-amz-date": date,
      "x-amz-target": "AmazonSQS.SendMessageBatch",
      ...(credentials.sessionToken !== undefined && { "x-amz-security-token": credentials.sessionToken }),
    };
    const { region } = this.options;
    const request = { service: "sqs", region, path: "/", headers, body, date };
    const authorization = authorizationOf(request, credentials);
    return await new Promise((resolve, reject) => {
      const sending = (protocol === "https:" ? https : http).request(url, {
        method: "POST",
        path: "/",
        agent: this.#agents[protocol],
        headers: { ...headers, authorization, "content-length": Buffer.byteLength(body) },
      });
      const late = setTimeout(() => sending.destroy(new Error("no answer in time")), ANSWER_MS);
      sending.once("error", reject);
      sending.once("close", () => clearTimeout(late));
      sending.once("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () => resolve({ status: response.statusCode, text }));
      });
      sending.end(body);
    });
  }
}

/** An entry's ID is its place in the batch. */
export function toBatchEntry({ requestId, delaySeconds, traceId }: InferenceMessage, index: number) {
  const entry: SendMessageBatchRequestEntry = {
    Id: String(index),
    MessageBody: formatInferenceMessage(requestId),
    DelaySeconds: Math.min(900, Math.max(0, Math.ceil(delaySeconds ?? 0))),
  };
  if (traceId !== undefined) {
    entry.MessageAttributes = { trace_id: { DataType: "String", StringValue: traceId } };
  }
  return entry;
}
