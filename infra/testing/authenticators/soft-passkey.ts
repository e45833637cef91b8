import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** What a browser would have done otherwise, for tests of what must be refused. */
export interface Deviation {
  origin?: string;
  rpId?: string;
  /** Whether the person was verified by their device. */
  verified?: boolean;
  counter?: number;
  type?: string;
  challenge?: string;
  userHandle?: string | undefined;
}

const UP = 0x01;
const UV = 0x04;
const AT = 0x40;

/** An authenticator with one passkey, by WebAuthn and without the product's library: ES256, attestation "none". */
export function softPasskey({ origin = "http://localhost:3000" }: { origin?: string } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(32);
  let handle = "";
  let counter = 0;

  const authData = (flags: number, { rpId, verified = true, ...rest }: Deviation): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(rest.counter ?? counter);
    const uv = verified ? UV : 0;
    return Buffer.concat([
      createHash("sha256")
        .update(rpId ?? new URL(origin).hostname)
        .digest(),
      Buffer.from([flags | UP | uv]),
      count,
    ]);
  };
  const clientData = (type: string, challenge: string, as: Deviation): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: as.type ?? type,
        challenge: as.challenge ?? challenge,
        origin: as.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const credential = {
    id: id.toString("base64url"),
    rawId: id.toString("base64url"),
    type: "public-key" as const,
  };

  return {
    credentialId: credential.id,
    /** As `navigator.credentials.create()`. */
    create(options: { challenge: string; user: { id: string } }, as: Deviation = {}) {
      handle = options.user.id;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const jwk = publicKey.export({ format: "jwk" });
      const data = Buffer.concat([authData(AT, as), Buffer.alloc(16), length, id, coseKey(jwk)]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text("fmt"),
        text("none"),
        text("attStmt"),
        Buffer.from([0xa0]),
        text("authData"),
        bytes(data),
      ]);
      return {
        ...credential,
        response: {
          clientDataJSON: clientData("webauthn.create", options.challenge, as).toString("base64url"),
          attestationObject: attestationObject.toString("base64url"),
          transports: ["internal"],
        },
      };
    },
    /** As `navigator.credentials.get()`. Counts unless the counter is given. */
    get(options: { challenge: string }, as: Deviation = {}) {
      counter = as.counter ?? counter + 1;
      const data = authData(0, as);
      const client = clientData("webauthn.get", options.challenge, as);
      const signed = Buffer.concat([data, createHash("sha256").update(client).digest()]);
      return {
        ...credential,
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: data.toString("base64url"),
          signature: sign("sha256", signed, privateKey).toString("base64url"),
          userHandle: "userHandle" in as ? as.userHandle : handle,
        },
      };
    },
  };
}

/** CBOR (RFC 8949): an ES256 key as COSE has it (RFC 9053 §7.1.1), texts and byte strings. */
function coseKey({ x = "", y = "" }: { x?: string; y?: string }): Buffer {
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    bytes(Buffer.from(x, "base64url")),
    Buffer.from([0x22]),
    bytes(Buffer.from(y, "base64url")),
  ]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x58, value.length]), value]);
}
