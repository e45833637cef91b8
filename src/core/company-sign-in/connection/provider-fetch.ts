import type { CustomFetch } from "openid-client";
import { request } from "undici";
import { SECOND } from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { env } from "../../platform/env";
import { assertPublicTarget, publicConnections } from "../../platform/network/public-connections";

const TIMEOUT_MS = 8 * SECOND;
/** A discovery document has a few kilobytes, a key set some more. */
const MOST_BYTES = 512 * 1024;

const connections = singleton("identity providers", () =>
  publicConnections({ allowPrivate: env().AGATHA_PRIVATE_IDENTITY_PROVIDERS }),
);

/**
 * Calls an organization's identity provider, whose addresses a customer chose: public addresses only, checked on the
 * connection itself, no redirects, an end to time and size.
 */
export const providerFetch: CustomFetch = async (address, { method, headers, body }) => {
  const url = new URL(address);
  if (!env().AGATHA_PRIVATE_IDENTITY_PROVIDERS) assertPublicTarget(url);
  const response = await request(url, {
    method: method === "POST" ? "POST" : "GET",
    headers,
    body: body === undefined || body === null ? null : String(body),
    dispatcher: connections(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.length;
    if (size > MOST_BYTES) throw new Error("the identity provider's response is too large");
    parts.push(part);
  }
  const answered = new Headers();
  for (const [name, value] of Object.entries(response.headers)) {
    for (const one of [value].flat()) if (one !== undefined) answered.append(name, one);
  }
  return new Response(parts.length === 0 ? null : Buffer.concat(parts), {
    status: response.statusCode,
    headers: answered,
  });
};
