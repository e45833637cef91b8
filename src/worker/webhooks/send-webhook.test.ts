import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fromPublicId, newId } from "@agathaai/core/platform";
import { type Lookup, publicConnections } from "@agathaai/core/platform/network/public-connections";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sendWebhook } from "./send-webhook";

const servers: Server[] = [];
let connections = publicConnections({ allowPrivate: true });

beforeEach(() => {
  connections = publicConnections({ allowPrivate: true });
});
afterEach(async () => {
  await connections.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const newSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

/** A receiver and what it got. */
async function receiver(answer: RequestListener) {
  const got: { headers: IncomingMessage["headers"]; body: string; url: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    got.push({ headers: request.headers, body, url: request.url ?? "" });
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}

const delivery = (url: string, more: object = {}) => ({
  url,
  eventId: newId(),
  body: JSON.stringify({ type: "key.created", data: { name: "ünïcode" } }),
  secrets: [newSecret()],
  ...more,
});
const send = (sent: ReturnType<typeof delivery>, more: object = {}) =>
  sendWebhook(sent, { connections, allowPrivate: true, ...more });

describe("a webhook", () => {
  it("is signed so that the reference library of Standard Webhooks verifies it, by each secret in rotation", async () => {
    const { url, got } = await receiver((_, response) => response.end("ok"));
    const sent = delivery(url, { secrets: [newSecret(), newSecret()] });
    expect(await send(sent)).toMatchObject({ status: 200, error: null, response: "ok" });
    const [request] = got;
    if (request === undefined) throw new Error("nothing came");
    expect(request.body).toBe(sent.body);
    const headers = request.headers as Record<string, string>;
    expect(fromPublicId("evt", headers["webhook-id"] ?? "")).toBe(sent.eventId);
    for (const secret of sent.secrets) expect(new Webhook(secret).verify(request.body, headers)).toBeTruthy();
    expect(() => new Webhook(newSecret()).verify(request.body, headers)).toThrow();
    expect(() => new Webhook(sent.secrets[0] ?? "").verify(`${request.body} `, headers)).toThrow();
  });

  it.each([301, 302, 307, 308])("does not follow a redirect: %s is a failure", async (status) => {
    const target = await receiver((_, response) => response.end());
    const { url } = await receiver((_, response) =>
      response.writeHead(status, { location: target.url }).end(),
    );
    expect(await send(delivery(url))).toMatchObject({ status, error: expect.stringContaining("redirects") });
    expect(target.got).toEqual([]);
  });

  it.each([400, 404, 410, 429, 500, 503])("fails at %s", async (status) => {
    const { url } = await receiver((_, response) => response.writeHead(status).end("no"));
    expect(await send(delivery(url))).toMatchObject({ status, error: `responded ${status}`, response: "no" });
  });

  it("ends within its time where nothing is answered, and where an answer never ends", async () => {
    const silent = await receiver(() => {});
    const endless = await receiver((_, response) => {
      response.writeHead(200).write("a");
    });
    for (const { url } of [silent, endless]) {
      const attempt = await send(delivery(url), { timeoutMs: 300 });
      expect(attempt.error).toBe("no response within 15 seconds");
      // Less than the time that an attempt has where nobody says otherwise.
      expect(attempt.durationMs).toBeLessThan(15_000);
    }
  });

  it("has fifteen seconds, from connecting to the end of the response", async () => {
    const { url } = await receiver((_, response) => response.end());
    const limits = vi.spyOn(AbortSignal, "timeout");
    expect(await send(delivery(url))).toMatchObject({ status: 200 });
    expect(limits.mock.calls).toEqual([[15_000]]);
    limits.mockRestore();
  });

  it("reads 64 kB of an answer and no more", async () => {
    const { url } = await receiver((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
      };
      response.on("drain", more);
      more();
    });
    const attempt = await send(delivery(url));
    expect(attempt).toMatchObject({ status: 200, error: null });
    expect(attempt.response).toHaveLength(64 * 1_024);
  });

  it("ends the connection once it has read them, however much is still to come", async () => {
    let chunks = 0;
    const { url } = await receiver((_, response) => {
      // One after the other, so that none waits in a buffer between here and there.
      const timer = setInterval(() => {
        chunks += 1;
        response.write("x".repeat(16_384));
      }, 2);
      response.on("close", () => clearInterval(timer));
    });
    expect((await send(delivery(url))).response).toHaveLength(64 * 1_024);
    expect(chunks).toBeLessThan(100);
  });

  it("says in words why it could not be sent", async () => {
    const { url } = await receiver((request) => request.socket.destroy());
    expect((await send(delivery(url))).error).toBe("closed the connection");
    expect((await send(delivery("http://127.0.0.1:9/"))).error).toBe("refused the connection");
    expect((await send(delivery("http://nowhere.invalid/"))).error).toBe("its name could not be resolved");
  });
});

describe("what a webhook could reach inside the network", () => {
  const resolving = (...answers: string[][]): Lookup => {
    return (_name, _options, callback) => {
      const addresses = answers.length > 1 ? (answers.shift() ?? []) : (answers[0] ?? []);
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    };
  };

  it.each([
    "http://127.0.0.1",
    "http://2130706433",
    "http://0x7f000001",
    "http://0177.0.0.1",
    "http://[::1]",
    "http://[::ffff:127.0.0.1]",
    "http://[::127.0.0.1]",
    "http://169.254.169.254",
    "http://localhost",
  ])("is not called by address: %s", async (origin) => {
    const { url, got } = await receiver((_, response) => response.end());
    const guarded = publicConnections();
    const attempt = await sendWebhook(delivery(`${origin}:${new URL(url).port}/`), { connections: guarded });
    await guarded.destroy();
    expect(attempt).toMatchObject({ status: null, error: "leads to a private address" });
    expect(got).toEqual([]);
  });

  it.each([
    ["a private address", ["127.0.0.1"]],
    ["a public and a private one", ["93.184.216.34", "127.0.0.1"]],
    ["a mapped one", ["::ffff:127.0.0.1"]],
    ["the metadata of a cloud", ["169.254.169.254"]],
    ["nothing", []],
  ])("is not called by a name that resolves to %s", async (_what, addresses) => {
    const { url, got } = await receiver((_, response) => response.end());
    const guarded = publicConnections({ lookup: resolving(addresses) });
    const { port } = new URL(url);
    const attempt = await sendWebhook(delivery(`http://hooks.example.org:${port}/`), {
      connections: guarded,
    });
    await guarded.destroy();
    expect(attempt).toMatchObject({ status: null, error: "leads to a private address" });
    expect(got).toEqual([]);
  });

  it("is not called by a name that resolves differently at every look", async () => {
    const { url, got } = await receiver((_, response) => response.end());
    const lookup = resolving(["240.0.0.1"], ["127.0.0.1"]);
    const guarded = publicConnections({ lookup });
    const target = delivery(`http://rebind.example.org:${new URL(url).port}/`);
    for (let turn = 0; turn < 3; turn++) {
      expect((await sendWebhook(target, { connections: guarded, timeoutMs: 500 })).status).toBeNull();
    }
    await guarded.destroy();
    expect(got).toEqual([]);
  });

  it("is checked on the very addresses that the connection uses: the name is looked up once for it", async () => {
    const { url, got } = await receiver((_, response) => response.end());
    let looks = 0;
    const lookup: Lookup = (_name, _options, callback) => {
      looks += 1;
      callback(null, [{ address: "127.0.0.1", family: 4 }]);
    };
    const open = publicConnections({ lookup, allowPrivate: true });
    const target = delivery(`http://hooks.example.org:${new URL(url).port}/`);
    expect((await sendWebhook(target, { connections: open, allowPrivate: true })).status).toBe(200);
    await open.destroy();
    expect([looks, got.length]).toEqual([1, 1]);
  });
});
