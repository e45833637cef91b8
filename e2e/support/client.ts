import { expect } from "vitest";
import type { TestProcess, TestProcesses } from "../../infra/testing/processes/start-test-processes";
import { type ApiDocument, Contract } from "./contract";
import type { Fields } from "./fields";

export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is; with it, no content type unless `headers` names one. */
  raw?: RequestInit["body"];
  /** An API key or access token, sent as `Authorization: Bearer`. */
  as?: string | undefined;
  headers?: Record<string, string>;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: Fields;
}

export type Api = Awaited<ReturnType<typeof openApi>>;

/** A caller over real HTTP, each of whose answers is held against the API document. */
export async function openApi({ url, server }: TestProcesses) {
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as ApiDocument;
  const contract = new Contract(document);

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(options.body !== undefined && { "content-type": "application/json" }),
        ...(options.as !== undefined && { authorization: `Bearer ${options.as}` }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      ...(options.raw !== undefined && { body: options.raw, duplex: "half" }),
    });
    const text = await response.text();
    const reply = { status: response.status, headers: response.headers, text };
    expect(reply.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    if (response.status === 500)
      throw new Error(`${method} ${path} answered 500:\n${logOf(server, reply.headers)}`);
    if (method !== "HEAD") contract.judge(method, new URL(path, url).pathname, reply);
    return { ...reply, json: isJson(reply.headers) && text !== "" ? JSON.parse(text) : undefined };
  }

  return {
    url,
    contract,
    call,
    get: (path: string, options?: CallOptions) => call("GET", path, options),
    post: (path: string, options?: CallOptions) => call("POST", path, options),
    delete: (path: string, options?: CallOptions) => call("DELETE", path, options),
  };
}

function isJson(headers: Headers): boolean {
  return headers.get("content-type")?.startsWith("application/json") ?? false;
}

function logOf(server: TestProcess | undefined, headers: Headers): string {
  const id = headers.get("x-request-id") ?? "";
  return (server?.logs() ?? "")
    .split("\n")
    .filter((line) => line.includes(id))
    .join("\n");
}

/** Asserts a refusal: its status, code and param, and that the envelope agrees with the headers. */
export function expectRefusal(reply: Reply, status: number, code: string, param: string | null = null): void {
  expect(
    { status: reply.status, code: reply.json.error?.code, param: reply.json.error?.param },
    reply.text,
  ).toEqual({
    status,
    code,
    param,
  });
  expect(reply.json.error.request_id).toBe(reply.headers.get("x-request-id"));
  expect(reply.json.error.message).toMatch(/^[^\n]{10,600}$/);
  expect(reply.text).not.toMatch(/prisma|postgres|node_modules|ECONN|\bat \/|select /i);
}
