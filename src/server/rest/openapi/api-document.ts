import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { sha256 } from "@agathaai/core/platform/crypto/hash";
import type { RestContext } from "../call";

type Encoding = "br" | "gzip" | "identity";

/** In our order of preference. */
const encodings: readonly Encoding[] = ["br", "gzip", "identity"];

/** The API document, ready to send: compressed once, with an `etag` of its content. */
export class ApiDocument {
  readonly #tag: string;
  readonly #bodies = new Map<Encoding, Promise<Buffer>>();

  constructor(private readonly text: string) {
    this.#tag = Buffer.from(sha256(text)).toString("base64url").slice(0, 22);
  }

  /** RFC 9110: 304 if the caller has it already, else the document in the best encoding that the caller accepts. */
  async respond(c: RestContext): Promise<Response> {
    const { headers } = c.var.call;
    const encoding = chooseEncoding(c.req.header("accept-encoding"));
    headers.append("vary", "Accept-Encoding");
    headers.set("cache-control", "public, max-age=300");
    headers.set("etag", this.#etagOf(encoding));
    if (this.#has(c.req.header("if-none-match"))) return new Response(null, { status: 304, headers });
    headers.set("content-type", "application/json; charset=utf-8");
    if (encoding !== "identity") headers.set("content-encoding", encoding);
    return new Response(new Uint8Array(await this.#body(encoding)), { status: 200, headers });
  }

  /** Each encoding is a representation of its own, and a strong tag names one of them (§8.8.3.3). */
  #etagOf(encoding: Encoding): string {
    return encoding === "identity" ? `"${this.#tag}"` : `"${this.#tag}-${encoding}"`;
  }

  /** Compared weakly (§13.1.2): a caller that has the document in any encoding has it. */
  #has(ifNoneMatch: string | undefined): boolean {
    if (ifNoneMatch === undefined) return false;
    const known = new Set(encodings.map((encoding) => this.#etagOf(encoding)));
    return ifNoneMatch.split(",").some((tag) => {
      const plain = tag.trim();
      return plain === "*" || known.has(plain.replace(/^W\//, ""));
    });
  }

  #body(encoding: Encoding): Promise<Buffer> {
    const body = this.#bodies.get(encoding) ?? compress(this.text, encoding);
    this.#bodies.set(encoding, body);
    return body;
  }
}

async function compress(text: string, encoding: Encoding): Promise<Buffer> {
  if (encoding === "br") {
    return promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  }
  return encoding === "gzip" ? promisify(gzip)(text) : Buffer.from(text);
}

/** The encoding of ours that the caller ranks highest (§12.5.3). One that it does not name is not used. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  const weights = new Map(
    (acceptEncoding ?? "").split(",").flatMap((part) => {
      const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
      if (name === "") return [];
      const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      const weight = q === undefined ? 1 : Number(q);
      return [[name, Number.isFinite(weight) ? weight : 0] as const];
    }),
  );
  const weightOf = (encoding: Encoding) =>
    weights.get(encoding) ?? (encoding === "identity" ? 0.001 : (weights.get("*") ?? 0));
  const [best] = [...encodings].sort((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) > 0 ? best : "identity";
}
