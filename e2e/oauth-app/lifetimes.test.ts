import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DAY, fromPublicId, MINUTE, SECOND } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { resolveServiceToken } from "@agathaai/core/service-accounts";
import * as oauth from "openid-client";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { resolvePrincipal } from "@/server/auth/principal";
import { Lifecycle } from "@/server/http/lifecycle";
import { createOauth } from "@/server/oauth/oauth";
import { createProvider } from "@/server/oauth/provider/create-provider";
import { query } from "../support/database";
import { openServiceAccount, signServiceToken } from "../support/tokens/service-token";
import { Browser } from "./browser";
import { openSampleApp, type SampleApp } from "./sample-app";
import { openWorld, type World } from "./world";

// How long everything lasts. The provider runs in this process, whose clock is moved: nothing here waits.
const installation = await openWorld();
const { issuer, redirectUri } = installation;
let world: World;
let server: Server;
let reach: typeof fetch;
let browser: Browser;
let sample: SampleApp;
let cli: oauth.Configuration;

beforeAll(async () => {
  world = await installation.start();
  const { handle } = createOauth({
    db: db(),
    lifecycle: new Lifecycle(),
    security: { appUrl: issuer, development: false },
    trustedProxyHops: 0,
    provider: await createProvider(db),
  });
  server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  reach = (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    // The keys that sign are another part of the server's.
    const keys = url.endsWith("/.well-known/jwks.json");
    return keys ? world.reach(url, init) : fetch(own + url.slice(issuer.length), init);
  };
  browser = new Browser(issuer, reach, world.cookie);
  const app = await world.register();
  sample = await openSampleApp({
    issuer,
    clientId: app.id,
    clientSecret: app.client_secret ?? "",
    redirectUri,
    scope: "models:read usage:read",
    fetch: reach,
  });
  const device = await world.register({ confidential: false, device_flow: true });
  cli = (
    await openSampleApp({ issuer, clientId: device.id, redirectUri, scope: "models:read", fetch: reach })
  ).config;
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  server.close();
});

/** From now on it is so much later, for this process and whom it serves. */
function later(ms: number): void {
  const at = Date.now() + ms;
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(at);
}

async function authorized() {
  const { url, checks } = await sample.begin();
  return { back: await browser.agree(url, world.ada.orgId), checks };
}

async function connected() {
  const { back, checks } = await authorized();
  return await sample.finish(back, checks);
}

const isGrantError = { error: "invalid_grant" };
const works = async (token: string) =>
  await resolvePrincipal({ authorization: `Bearer ${token}`, apiKeyHeader: null, ip: null }).then(
    () => true,
    ({ code }) => code,
  );

describe("an authorization code", () => {
  it("works within a minute and not after it, which is less than the ten that the standard allows", async () => {
    const [inTime, tooLate] = [await authorized(), await authorized()];
    later(58 * SECOND);
    expect((await sample.finish(inTime.back, inTime.checks)).access_token).toBeTruthy();
    later(3 * SECOND);
    await expect(sample.finish(tooLate.back, tooLate.checks)).rejects.toMatchObject(isGrantError);
  });

  it("works once", async () => {
    const { back, checks } = await authorized();
    await sample.finish(back, checks);
    await expect(sample.finish(back, checks)).rejects.toMatchObject(isGrantError);
  });
});

it("an access token of an app works for fifteen minutes", async () => {
  const { access_token: token, expires_in: seconds } = await connected();
  expect(seconds).toBe(900);
  later(14 * MINUTE);
  expect(await works(token)).toBe(true);
  later(2 * MINUTE);
  expect(await works(token)).toBe("access_token_expired");
});

describe("the codes of a device", () => {
  const ask = async (code: string) => {
    const reply = await reach(`${issuer}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: code,
        client_id: cli.clientMetadata().client_id,
      }),
    });
    return (await reply.json()).error;
  };
  const look = async (code: string) =>
    (
      await browser.open("/oauth/device/request", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ user_code: code }),
      })
    ).status;

  it("work for ten minutes; afterwards the device is told that they expired, and nobody can enter them", async () => {
    const codes = await oauth.initiateDeviceAuthorization(cli, { scope: "models:read" });
    expect(codes.expires_in).toBe(600);
    later(9 * MINUTE);
    expect(await ask(codes.device_code)).toBe("authorization_pending");
    expect(await look(codes.user_code)).toBe(200);
    later(61 * SECOND);
    expect(await look(codes.user_code)).toBe(404);
    expect(await ask(codes.device_code)).toBe("expired_token");
    later(11 * MINUTE);
    expect(await ask(codes.device_code)).toBe("invalid_grant");
  });
});

describe("a service account", () => {
  it("has tokens of fifteen minutes", async () => {
    const account = await openServiceAccount(world.principal);
    later(14 * MINUTE);
    expect(await works(account.token)).toBe(true);
    later(2 * MINUTE);
    expect(await works(account.token)).toBe("access_token_expired");
    expect(await works(await signServiceToken(account))).toBe(true);
  });

  it("loses within five seconds what is taken from it, whatever its token says", async () => {
    const account = await openServiceAccount(world.principal, { scopes: ["models:read", "usage:read"] });
    await query("UPDATE api_keys SET scopes = '{models:read}' WHERE id = $1", [
      fromPublicId("sva", account.id),
    ]);
    later(6 * SECOND);
    const { scopes } = await resolveServiceToken(db(), account.token, { ip: null });
    expect([...scopes]).toEqual(["models:read"]);
  });
});

// Last: what this process writes after months have passed has no place in the database.
describe("a refresh token", () => {
  it("that nobody uses works for thirty days", async () => {
    const [used, unused] = [await connected(), await connected()];
    later(29 * DAY);
    expect((await sample.refresh(used.refresh_token ?? "")).access_token).toBeTruthy();
    later(2 * DAY);
    await expect(sample.refresh(unused.refresh_token ?? "")).rejects.toMatchObject(isGrantError);
  });

  it("ends with its consent after 180 days, however often it was used, and so does every access token", async () => {
    let refreshToken = (await connected()).refresh_token ?? "";
    for (let days = 0; days < 175; days += 25) {
      later(25 * DAY);
      refreshToken = (await sample.refresh(refreshToken)).refresh_token ?? "";
    }
    later(5 * DAY - 5 * MINUTE);
    const last = await sample.refresh(refreshToken);
    expect(await works(last.access_token)).toBe(true);
    later(6 * MINUTE);
    await expect(sample.refresh(last.refresh_token ?? "")).rejects.toMatchObject(isGrantError);
    expect(await works(last.access_token)).toBe("invalid_access_token");
  });
});
