import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { decodeProtectedHeader, SignJWT, UnsecuredJWT } from "jose";
import { expect, test } from "vitest";
import { z } from "zod";
import { MINUTE, newId } from "../../platform";
import { type AccessClaims, AccessTokens } from "./access-token";

const pair = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
const ours = pair();
const theirs = pair();
const previous = pair();
const at = new Date("2026-11-23T12:00:00Z");
const clock = { now: () => at };
const later = (ms: number) => ({ now: () => new Date(at.getTime() + ms) });
const names = { issuer: "https://agathaai.test", audience: "agathaai-api" };
const tokens = await AccessTokens.create({
  privateKey: ours.privateKey,
  previousPublicKeys: previous.publicKey,
  ...names,
});
const claims: AccessClaims = { userId: newId(), sessionId: newId(), sessionVersion: 3, orgId: newId() };
const good = await tokens.sign(claims, clock);
const kid = String(tokens.jwks().keys[0]?.kid);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

async function forged(
  changes: Record<string, unknown>,
  { header = {}, key = ours.privateKey }: { header?: Record<string, unknown>; key?: string } = {},
): Promise<string> {
  return await new SignJWT({ ...payloadOf(good), ...changes })
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid, ...header })
    .sign(createPrivateKey(key));
}

test("a token of ours gives back its claims for 15 minutes and not a moment longer", async () => {
  expect(await tokens.verify(good, later(15 * MINUTE - 1_000))).toEqual(claims);
  await expect(tokens.verify(good, later(15 * MINUTE))).rejects.toMatchObject({
    code: "access_token_expired",
    status: 401,
  });
});

test("a token names its type, key, issuer, audience and times", () => {
  expect(decodeProtectedHeader(good)).toEqual({ alg: "RS256", typ: "at+jwt", kid });
  expect(payloadOf(good)).toMatchObject({
    iss: names.issuer,
    aud: names.audience,
    sub: expect.stringMatching(/^usr_/),
    sid: expect.stringMatching(/^ses_/),
    org: expect.stringMatching(/^org_/),
    sv: 3,
    exp: at.getTime() / 1_000 + 900,
    iat: at.getTime() / 1_000,
    jti: expect.stringMatching(/^[\w-]{22}$/),
  });
});

test("the published keys are public halves only: the signing key, then the previous ones", () => {
  const { keys } = tokens.jwks();
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    expect(key).toMatchObject({ kty: "RSA", alg: "RS256", use: "sig" });
  }
});

test("a token signed by a previous key still verifies", async () => {
  const before = await AccessTokens.create({ privateKey: previous.privateKey, ...names });
  expect(await tokens.verify(await before.sign(claims, clock), clock)).toEqual(claims);
});

const theirJwk = createPublicKey(theirs.publicKey).export({ format: "jwk" });

const spki = createPublicKey(ours.publicKey).export({ type: "spki", format: "der" });
const hmac = (secret: string | Buffer, header: Record<string, unknown>) => {
  const text = `${part(header)}.${part(payloadOf(good))}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
};

test.each<[string, () => Promise<string> | string]>([
  ["alg none", () => new UnsecuredJWT(payloadOf(good)).encode()],
  ["alg none with our kid", () => `${part({ alg: "none", typ: "at+jwt", kid })}.${good.split(".")[1]}.`],
  ["HS256 with the public key as PEM", () => hmac(ours.publicKey, { alg: "HS256", typ: "at+jwt", kid })],
  ["HS256 with the public key as DER", () => hmac(spki, { alg: "HS256", typ: "at+jwt", kid })],
  ["HS256 with the kid", () => hmac(kid, { alg: "HS256", typ: "at+jwt", kid })],
  ["RS512 by our own key", () => forged({}, { header: { alg: "RS512" } })],
  ["another key under our kid", () => forged({}, { key: theirs.privateKey })],
  ["an unknown kid", () => forged({}, { header: { kid: "unknown" } })],
  ["no kid", () => forged({}, { header: { kid: undefined } })],
  ["a key of its own brought along", () => forged({}, { key: theirs.privateKey, header: { jwk: theirJwk } })],
  [
    "a key of its own brought along under another kid",
    () => forged({}, { key: theirs.privateKey, header: { jwk: theirJwk, kid: "theirs" } }),
  ],
  ["another issuer", () => forged({ iss: "https://evil.test" })],
  ["another audience", () => forged({ aud: "other-api" })],
  ["no audience", () => forged({ aud: undefined })],
  ["typ JWT", () => forged({}, { header: { typ: "JWT" } })],
  ["no typ", () => forged({}, { header: { typ: undefined } })],
  ["no expiry", () => forged({ exp: undefined })],
  ["not yet valid", () => forged({ nbf: at.getTime() / 1_000 + 60 })],
  ["no session", () => forged({ sid: undefined })],
  ["a session version as text", () => forged({ sv: "3" })],
  ["a subject of another kind", () => forged({ sub: payloadOf(good)["org"] })],
  [
    "a tampered payload",
    () => `${good.split(".")[0]}.${part({ ...payloadOf(good), sv: 4 })}.${good.split(".")[2]}`,
  ],
  ["a tampered signature", () => good.slice(0, -6) + (good.endsWith("AAAAAA") ? "BBBBBB" : "AAAAAA")],
  ["an unknown critical header", () => forged({}, { header: { crit: ["x"], x: 1 } }).catch(() => "a.b.c")],
  ["no token at all", () => "nonsense"],
  ["an empty text", () => ""],
  ["something endless", () => `${good}${"A".repeat(10_000)}`],
])("refused: %s", async (_attack, make) => {
  await expect(tokens.verify(await make(), clock)).rejects.toMatchObject({
    code: "invalid_access_token",
    status: 401,
  });
});

test.each(["jku", "x5u"])("refused: a key of its own at an address (%s), which nobody asks", async (name) => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: [{ ...theirJwk, kid, use: "sig", alg: "RS256" }] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const header = { [name]: `http://127.0.0.1:${port}/keys.json` };
  for (const name of [kid, "theirs"]) {
    const token = await forged({}, { key: theirs.privateKey, header: { ...header, kid: name } });
    await expect(tokens.verify(token, clock)).rejects.toMatchObject({ code: "invalid_access_token" });
  }
  server.close();
  expect(asked).toBe(0);
});

test("a key that is too short stops the start", async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 1_024,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await expect(AccessTokens.create({ privateKey, ...names })).rejects.toThrow("2048");
});
