import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { scrapeAccess } from "./metrics-guard";

const token = "a-token-of-twenty-chars";

function request(headers: Record<string, string>, from = "127.0.0.1"): IncomingMessage {
  const message = new IncomingMessage(Object.defineProperty(new Socket(), "remoteAddress", { value: from }));
  Object.assign(message.headers, { host: "localhost:3000", ...headers });
  return message;
}

describe("with a token", () => {
  it("grants access to a request that sends it, from anywhere", () => {
    const sent = request({ authorization: `Bearer ${token}`, "x-forwarded-for": "203.0.113.9" }, "10.0.0.7");
    expect(scrapeAccess(sent, token)).toBe("granted");
  });

  it.each([undefined, "", "Bearer", `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, token])(
    "refuses %s, from this machine too",
    (authorization) => {
      const sent = request(authorization === undefined ? {} : { authorization });
      expect(scrapeAccess(sent, token)).toBe("refused");
    },
  );
});

describe("without a token", () => {
  it.each(["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])("grants to this machine, as %s", (from) => {
    expect(scrapeAccess(request({}, from), undefined)).toBe("granted");
  });

  it.each(["10.0.0.7", "203.0.113.9", "::ffff:10.0.0.7", "fe80::1", "1127.0.0.1"])(
    "hides from %s",
    (from) => {
      expect(scrapeAccess(request({ authorization: "Bearer undefined" }, from), undefined)).toBe("hidden");
    },
  );

  it.each(["x-forwarded-for", "forwarded", "via", "x-real-ip", "cf-connecting-ip"])(
    "hides from a stranger behind a proxy on this machine: %s",
    (name) => {
      expect(scrapeAccess(request({ [name]: "203.0.113.9" }), undefined)).toBe("hidden");
    },
  );

  it("hides from a page whose own name was pointed at this machine", () => {
    expect(scrapeAccess(request({ host: "rebound.example:3000" }), undefined)).toBe("hidden");
  });
});
