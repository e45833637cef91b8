import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { clientAddress } from "./client-address";

function requestFrom(peer: string, forwardedFor?: string): IncomingMessage {
  const request = new IncomingMessage(Object.defineProperty(new Socket(), "remoteAddress", { value: peer }));
  if (forwardedFor !== undefined) request.headers["x-forwarded-for"] = forwardedFor;
  return request;
}

describe("the caller's address", () => {
  it("is the peer's when no proxy is trusted, whatever the caller claims", () => {
    expect(clientAddress(requestFrom("203.0.113.9", "1.2.3.4"), 0)).toBe("203.0.113.9");
  });

  it("is what the outermost trusted proxy saw; entries further left are the caller's claims", () => {
    expect(clientAddress(requestFrom("10.0.0.1", "6.6.6.6, 203.0.113.9"), 1)).toBe("203.0.113.9");
    expect(clientAddress(requestFrom("10.0.0.1", "6.6.6.6, 203.0.113.9, 198.51.100.4"), 2)).toBe(
      "203.0.113.9",
    );
  });

  it("falls back to the peer when the header is short or no address", () => {
    expect(clientAddress(requestFrom("10.0.0.1"), 1)).toBe("10.0.0.1");
    expect(clientAddress(requestFrom("10.0.0.1", "unknown"), 1)).toBe("10.0.0.1");
    expect(clientAddress(requestFrom("10.0.0.1", "203.0.113.9"), 2)).toBe("10.0.0.1");
  });

  it("spells IPv4 inside IPv6 as IPv4", () => {
    expect(clientAddress(requestFrom("::ffff:203.0.113.9"), 0)).toBe("203.0.113.9");
  });
});
