import type { LookupAddress } from "node:dns";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { singleton } from "../../platform/concurrency/singleton";
import { PrivateTargetError } from "../../platform/network/public-connections";
import { providerFetch } from "./provider-fetch";

const settings = vi.hoisted(() => ({ AGATHA_PRIVATE_IDENTITY_PROVIDERS: false }));
vi.mock("../../platform/env", () => ({ env: () => settings }));

/** What the names of a customer's choice resolve to. */
const names = vi.hoisted((): Record<string, string[]> => ({}));
vi.mock("node:dns", () => ({
  lookup: (name: string, _: unknown, found: (error: Error | null, all: LookupAddress[]) => void) =>
    found(
      null,
      (names[name] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    ),
}));

let server: Server;
let answer: RequestListener;
let connections: number;
let port: number;

beforeEach(async () => {
  connections = 0;
  answer = (_, response) => void response.end("{}");
  server = createServer((request, response) => answer(request, response));
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  vi.restoreAllMocks();
  settings.AGATHA_PRIVATE_IDENTITY_PROVIDERS = false;
  singleton("identity providers", () => ({})).clear();
  server.closeAllConnections();
  server.close();
});

const call = (url: string) =>
  providerFetch(url, { method: "GET", headers: {}, body: undefined, redirect: "manual" });
const isPrivate = (error: unknown): boolean =>
  error instanceof PrivateTargetError || (error instanceof Error && isPrivate(error.cause));
const refusal = (url: string) =>
  call(url).then(
    () => "answered",
    (error: unknown) => (isPrivate(error) ? "private" : String(error)),
  );

describe("a customer's identity provider", () => {
  it.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "idp.internal"])(
    "at an address of this network, %s, is not called",
    async (host) => {
      names[host] = ["127.0.0.1"];
      expect(await refusal(`http://${host}:${port}/.well-known/openid-configuration`)).toBe("private");
      expect(connections).toBe(0);
    },
  );

  it("at the cloud's metadata is not called", async () => {
    for (const host of ["169.254.169.254", "[fd00:ec2::254]"])
      expect(await refusal(`http://${host}/latest/meta-data`)).toBe("private");
  });

  it("under a public name that resolves inside the network, in whole or in part, is not called", async () => {
    names["idp.rebinding.com"] = ["127.0.0.1"];
    names["idp.both.com"] = ["93.184.215.14", "127.0.0.1"];
    for (const host of ["idp.rebinding.com", "idp.both.com"])
      expect(await refusal(`http://${host}:${port}/`)).toBe("private");
    expect(connections).toBe(0);
  });
});

describe("an identity provider's answer", () => {
  beforeEach(() => {
    settings.AGATHA_PRIVATE_IDENTITY_PROVIDERS = true;
  });

  it("is given as it is, and a redirect is not followed", async () => {
    answer = (_, response) =>
      void response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
    const { status, headers } = await call(`http://127.0.0.1:${port}/`);
    expect([status, headers.get("location")]).toEqual([302, `http://127.0.0.1:${port}/inside`]);
    expect(connections).toBe(1);
  });

  it("ends at half a megabyte", async () => {
    answer = (_, response) => void response.end(Buffer.alloc(512 * 1024));
    expect((await (await call(`http://127.0.0.1:${port}/`)).arrayBuffer()).byteLength).toBe(512 * 1024);
    answer = (_, response) => void response.end(Buffer.alloc(512 * 1024 + 1));
    await expect(call(`http://127.0.0.1:${port}/`)).rejects.toThrow("too large");
  });

  it("is waited for for a time", async () => {
    const ending = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(ending.signal);
    answer = () => ending.abort(new Error("its time is over"));
    await expect(call(`http://127.0.0.1:${port}/`)).rejects.toThrow("its time is over");
    expect(timeout).toHaveBeenCalledWith(8_000);
  });
});
